import type * as subject from "../../actors/controllers/loops/pod_garbage_collector.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Pods of a node that is gone are looked at once. */
export const absenceNotWatched: MutationOf<typeof subject> = {
  name: "absenceNotWatched",
  patch: {
    module: "actors/controllers/loops/pod_garbage_collector.ts",
    name: "podGarbageCollector",
    wrap: (sound) => ({
      ...sound,
      reconcile: (...all) => {
        const plan = sound.reconcile(...all);
        return plan && { actions: plan.actions };
      },
    }),
  },
  found: {
    suite: "nodes",
    properties: ["lost nodes lose their pods, and others do not"],
    campaignSeed: 1,
    runsMax: 120,
    runsMean: 20,
  },
};
