import type { PlayedImage } from "./_played_image.ts";

const system = {
  base: "debian",
  own: ["/usr/bin/xtrabackup", "/usr/bin/xbstream", "/usr/bin/ncat", "/usr/bin/mysql"],
} as const;

/** What the documentation's replicated MySQL clones its data with. */
export const xtrabackup: PlayedImage = {
  names: ["xtrabackup"],
  runs: "xtrabackup, xbstream and ncat, as far as a database is cloned with them",
  arguments: ["bash"],
  system: () => system,
};
