import type { PlayedImage } from "./_played_image.ts";

const system = { base: "busybox" } as const;

/** A shell and the usual programs. */
export const busybox: PlayedImage = {
  names: ["busybox"],
  runs: "a shell",
  arguments: ["sh"],
  system: () => system,
};
