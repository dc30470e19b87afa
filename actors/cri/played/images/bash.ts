import type { PlayedImage } from "./_played_image.ts";

const system = { base: "alpine", own: ["/usr/local/bin/bash", "/usr/local/bin/docker-entrypoint.sh"] } as const;

/** A shell, as Docker's image `bash` has it. */
export const bash: PlayedImage = {
  names: ["bash"],
  runs: "a shell",
  arguments: ["bash"],
  system: () => system,
};
