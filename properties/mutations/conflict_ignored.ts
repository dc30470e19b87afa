import type * as writeObject from "../../actors/apiserver/requests/write_object.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** An update takes no notice of the version that it is based on. */
export const conflictIgnored: MutationOf<typeof writeObject> = {
  name: "conflictIgnored",
  patch: {
    module: "actors/apiserver/requests/write_object.ts",
    name: "isBasedOn",
    wrap: () => () => true,
  },
  found: {
    properties: ["the API is linearizable", "a Lease is taken only when it has run out", "clients see the history"],
    campaignSeed: 101,
    runsMax: 20,
    runsMean: 2,
  },
};
