import type { PlayedImage } from "./_played_image.ts";

const system = { base: "alpine", own: ["/usr/bin/curl", "/usr/bin/dig"] } as const;

/** A shell with what one looks into networks with. */
export const netshoot: PlayedImage = {
  names: ["netshoot", "network-multitool"],
  runs: "a shell, with curl and dig",
  arguments: ["sh"],
  system: () => system,
};
