import type { Provider } from "../provider.ts";

/** A provider of larger computers in one zone, which take longer to come; its load balancers end connections and begin their own. */
export const borealis = {
  name: "borealis",
  region: "borealis-north",
  zones: ["borealis-north-1"],
  instanceType: "b2-standard-8",
  capacity: { cpu: "8", memory: "16Gi" },
  bootMs: 3_000,
  balancerNetwork: "127.89.0",
  balancerNetworkIpv6: "fd00:127:89",
  ipMode: "Proxy",
  volumeClass: "borealis-disk",
  attachMax: 16,
  throttledText: "Error 403: Rate Limit Exceeded, rateLimitExceeded",
} as const satisfies Provider;
