import type { PlayedImage } from "./_played_image.ts";

const system = { base: "debian", own: ["/usr/bin/curl", "/usr/bin/dig"] } as const;

/** What looks names up, as Kubernetes' own tests and its page about DNS use it. */
export const dnsutils: PlayedImage = {
  names: ["jessie-dnsutils", "dnsutils"],
  runs: "a shell, with dig and nslookup",
  arguments: ["sh"],
  system: () => system,
};
