import type * as subject from "../../actors/controllers/loops/pod_garbage_collector.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The pods of a node that was deleted go before it had time to show itself again. */
export const lostNodesGivenUpEarly: MutationOf<typeof subject> = {
  name: "lostNodesGivenUpEarly",
  patch: {
    module: "actors/controllers/loops/pod_garbage_collector.ts",
    name: "podGarbageCollector",
    wrap: (sound) => ({
      ...sound,
      reconcile: (key, listers, turn) => sound.reconcile(key, listers, { ...turn, uptimeMs: turn.uptimeMs * 20 }),
    }),
  },
  found: {
    properties: ["the pods of a node that is gone stay for a while"],
    campaignSeed: 1006,
    runsMax: 270,
    runsMean: 45,
  },
};
