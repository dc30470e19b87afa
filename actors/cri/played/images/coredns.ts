import type { PlayedImage } from "./_played_image.ts";

/** The DNS server of most clusters. */
export const coredns: PlayedImage = {
  names: ["coredns"],
  runs: "CoreDNS: kubernetes, forward, hosts, rewrite, health, ready, log, errors; names of the cluster it asks its DNS for",
  entrypoint: ["/coredns"],
  system: () => ({ base: "alpine", own: ["/coredns"] }),
};
