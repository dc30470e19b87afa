import type * as subject from "../../actors/controllers/loops/stateful_set/identity.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A StatefulSet counts every pod that it has as ready. */
export const unreadyCounted: MutationOf<typeof subject> = {
  name: "unreadyCounted",
  patch: {
    module: "actors/controllers/loops/stateful_set/identity.ts",
    name: "isRunningAndReady",
    wrap: () => () => true,
  },
  found: {
    properties: ["statuses count pods that there are"],
    campaignSeed: 21,
    runsMax: 20,
    runsMean: 2,
  },
};
