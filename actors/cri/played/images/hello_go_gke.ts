import type { PlayedImage } from "./_played_image.ts";

/** The back end of the tutorial about a front end and a back end. */
export const helloGoGke: PlayedImage = {
  names: ["hello-go-gke"],
  runs: "a server that greets in JSON",
  entrypoint: ["/hello-go-gke"],
  ports: [80],
  system: () => ({ base: "alpine", own: ["/hello-go-gke"] }),
};
