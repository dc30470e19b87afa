import type { PlayedImage } from "./_played_image.ts";

const system = { base: "debian", own: ["/usr/bin/perl"] } as const;

/** Perl, as far as the example of a Job goes. */
export const perl: PlayedImage = {
  names: ["perl"],
  runs: "perl, which prints pi and nothing else",
  arguments: ["perl"],
  system: () => system,
};
