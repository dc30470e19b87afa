import type * as zone from "../../actors/dns/zone.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A DNS server does not take in updates of EndpointSlices, so that names lead to pods that are gone. */
export const dnsEndpointsStale: MutationOf<typeof zone> = {
  name: "dnsEndpointsStale",
  patch: {
    module: "actors/dns/zone.ts",
    name: "createZone",
    wrap: (sound) => () => {
      const zone = sound();
      const seen = new Set<string>();
      return {
        ...zone,
        putSlice(slice) {
          const { uid = "" } = slice.metadata;
          if (!seen.has(uid)) zone.putSlice(slice);
          seen.add(uid);
        },
      };
    },
  },
  found: { test: "properties/invariants/dns_answers_equal_endpoints_test.ts" },
};
