import type * as subject from "../../actors/controllers/loops/node_lifecycle.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Nobody looks again whether a node is still heard of. */
export const silenceNotWatched: MutationOf<typeof subject> = {
  name: "silenceNotWatched",
  patch: {
    module: "actors/controllers/loops/node_lifecycle.ts",
    name: "nodeLifecycle",
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
    properties: [
      "nodes that nobody hears of are held for lost in time, and no others",
      "lost nodes lose their pods, and others do not",
      "nodes that are not ready are tainted",
    ],
    campaignSeed: 1,
    runsMax: 12,
    runsMean: 2,
  },
};
