import type { PlayedImage } from "./_played_image.ts";

/** The smallest image of Docker's. */
export const helloWorld: PlayedImage = {
  names: ["hello-world"],
  runs: "nothing, and ends",
  system: () => undefined,
  isIdle: true,
};
