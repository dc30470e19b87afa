import type { PlayedImage } from "./_played_image.ts";

const system = { base: "debian", own: ["/usr/local/bin/python3", "/usr/local/bin/python"] } as const;

/** Python, as far as the examples of Jobs go. */
export const python: PlayedImage = {
  names: ["python"],
  runs: "python3 -c, which knows conditions, loops and the environment and nothing else",
  arguments: ["python3"],
  system: () => system,
  isPartial: true,
};
