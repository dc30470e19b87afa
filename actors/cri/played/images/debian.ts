import type { PlayedImage } from "./_played_image.ts";

const system = { base: "debian" } as const;

/** A shell and the usual programs. */
export const debian: PlayedImage = {
  names: ["debian", "ubuntu"],
  runs: "a shell",
  arguments: ["sh"],
  system: () => system,
};
