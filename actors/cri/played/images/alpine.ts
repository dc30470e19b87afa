import type { PlayedImage } from "./_played_image.ts";

const system = { base: "alpine" } as const;

/** A shell and the usual programs. */
export const alpine: PlayedImage = {
  names: ["alpine"],
  runs: "a shell",
  arguments: ["sh"],
  system: () => system,
};
