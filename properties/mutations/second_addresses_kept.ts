import type * as subject from "../../actors/apiserver/allocation/service_addresses.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Service that has addresses of one family less gives none back. */
export const secondAddressesKept: MutationOf<typeof subject> = {
  name: "secondAddressesKept",
  patch: {
    module: "actors/apiserver/allocation/service_addresses.ts",
    name: "addressesOnUpdate",
    wrap: (sound) => (server, call, step, change) => {
      const chosen = sound(server, call, step, change);
      return chosen.ok ? { ...chosen, value: { ...chosen.value, release: [] } } : chosen;
    },
  },
  found: {
    properties: ["the addresses of Services that are gone are given back"],
    campaignSeed: 1103,
    runsMax: 100,
    runsMean: 25,
  },
};
