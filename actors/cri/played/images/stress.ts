import type { PlayedImage } from "./_played_image.ts";

const system = { base: "alpine", own: ["/stress", "/usr/bin/stress"] } as const;

/** What the documentation tries limits with. */
export const stress: PlayedImage = {
  names: ["stress"],
  runs: "stress, which takes processors and memory",
  entrypoint: ["/stress"],
  system: () => system,
};
