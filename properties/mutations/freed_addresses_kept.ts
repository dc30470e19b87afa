import type * as subject from "../../actors/apiserver/allocation/service_addresses.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The address of a Service that is gone is never given again. */
export const freedAddressesKept: MutationOf<typeof subject> = {
  name: "freedAddressesKept",
  patch: {
    module: "actors/apiserver/allocation/service_addresses.ts",
    name: "addressesOnDelete",
    wrap: () => () => ({}),
  },
  found: {
    properties: ["the addresses of Services that are gone are given back"],
    campaignSeed: 1016,
    runsMax: 100,
    runsMean: 16,
  },
};
