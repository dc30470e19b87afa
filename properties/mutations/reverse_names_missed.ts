import { keyOf } from "../../actors/api/types.ts";
import type * as subject from "../../actors/dns/zone.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** DNS gives a name only to the addresses that an EndpointSlice had when it was first seen. */
export const reverseNamesMissed: MutationOf<typeof subject> = {
  name: "reverseNamesMissed",
  patch: {
    module: "actors/dns/zone.ts",
    name: "createZone",
    wrap: (sound) => () => {
      const zone = sound();
      const [slices, addresses] = [new Set<string>(), new Set<string>()];
      return {
        ...zone,
        putSlice(slice) {
          const isNew = !slices.has(keyOf(slice));
          slices.add(keyOf(slice));
          for (const each of isNew ? (slice.endpoints ?? []) : []) for (const ip of each.addresses) addresses.add(ip);
          zone.putSlice(slice);
        },
        servicesBehind: (ip) => (addresses.has(ip) ? zone.servicesBehind(ip) : []),
      };
    },
  },
  found: { test: "properties/invariants/dns_answers_equal_endpoints_test.ts" },
};
