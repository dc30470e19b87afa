import type { PlayedImage } from "./_played_image.ts";

/** A server that says what it was told to say. */
export const httpEcho: PlayedImage = {
  names: ["http-echo"],
  runs: "a server that answers with a text",
  entrypoint: ["/http-echo"],
  ports: [5678],
  system: () => ({ base: "alpine", own: ["/http-echo"] }),
};
