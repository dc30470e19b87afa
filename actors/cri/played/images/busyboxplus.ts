import type { PlayedImage } from "./_played_image.ts";

const system = { base: "busybox", own: ["/usr/bin/curl"] } as const;

/** A shell with curl, as the documentation tries Services with. */
export const busyboxplus: PlayedImage = {
  names: ["busyboxplus"],
  runs: "a shell, with curl",
  arguments: ["sh"],
  system: () => system,
};
