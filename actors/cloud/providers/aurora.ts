import type { Provider } from "../provider.ts";

/** A provider of small computers in two zones; its load balancers hand packets on as they come. */
export const aurora = {
  name: "aurora",
  region: "aurora-1",
  zones: ["aurora-1a", "aurora-1b"],
  instanceType: "a1.large",
  capacity: { cpu: "4", memory: "8Gi" },
  bootMs: 1_500,
  balancerNetwork: "127.88.0",
  balancerNetworkIpv6: "fd00:127:88",
  ipMode: "VIP",
  volumeClass: "aurora-disk",
  attachMax: 8,
  throttledText: "RequestLimitExceeded: Request limit exceeded.",
} as const satisfies Provider;
