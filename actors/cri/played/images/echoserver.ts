import type { PlayedImage } from "./_played_image.ts";

/** A server of Kubernetes' examples. */
export const echoserver: PlayedImage = {
  names: ["echoserver"],
  runs: "a server that tells of the request",
  entrypoint: ["/echoserver"],
  ports: [8080],
  system: () => ({ base: "alpine", own: ["/echoserver"] }),
};
