import type * as subject from "../../actors/controllers/loops/node_lifecycle.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The pods of a node that is lost stay ready. */
export const readyOnLostNodes: MutationOf<typeof subject> = {
  name: "readyOnLostNodes",
  patch: {
    module: "actors/controllers/loops/node_lifecycle.ts",
    name: "nodeLifecycle",
    wrap: (sound) => ({
      ...sound,
      reconcile: (...all) => {
        const plan = sound.reconcile(...all);
        return plan && { ...plan, actions: plan.actions.filter(({ op }) => op !== "patch") };
      },
    }),
  },
  found: {
    suite: "nodes",
    properties: ["lost nodes lose their pods, and others do not"],
    campaignSeed: 1,
    runsMax: 36,
    runsMean: 6,
  },
};
