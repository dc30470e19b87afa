import type * as subject from "../../actors/cri/played/address_pool.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Nobody remembers for whom an address of a node's range is. */
export const podIpsNeverTaken: MutationOf<typeof subject> = {
  name: "podIpsNeverTaken",
  patch: {
    module: "actors/cri/played/address_pool.ts",
    name: "addressPool",
    wrap: (sound) => (cidr, skipped) => {
      let pool = sound(cidr, skipped);
      let given = 0;
      return {
        ...pool,
        take() {
          // Begins anew after a few.
          if (given++ % 3 === 2) pool = sound(cidr, skipped);
          return pool.take();
        },
        free: (address) => pool.free(address),
        reserve: (address) => pool.reserve(address),
      };
    },
  },
  found: {
    properties: ["no pod IP is given twice", "no two sandboxes share an IP"],
    campaignSeed: 8111,
    runsMax: 60,
    runsMean: 1,
  },
};
