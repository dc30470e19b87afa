import type * as subject from "../../actors/controllers/loops/taint_eviction.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Pods that bear a taint for a time are looked at once. */
export const evictionsForgotten: MutationOf<typeof subject> = {
  name: "evictionsForgotten",
  patch: {
    module: "actors/controllers/loops/taint_eviction.ts",
    name: "taintEviction",
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
    runsMax: 60,
    runsMean: 10,
  },
};
