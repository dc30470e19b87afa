import type * as subject from "../../actors/controllers/loops/namespace.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A namespace goes while there is still something in it. */
export const namespacesGoEarly: MutationOf<typeof subject> = {
  name: "namespacesGoEarly",
  patch: {
    module: "actors/controllers/loops/namespace.ts",
    name: "namespace",
    wrap: (sound) => ({
      ...sound,
      reconcile(key, listers, turn) {
        const plan = sound.reconcile(key, listers, turn);
        return plan && { ...plan, actions: plan.actions.filter(({ op }) => op !== "ensureEmpty") };
      },
    }),
  },
  found: {
    properties: ["a namespace outlives what is in it"],
    campaignSeed: 1015,
    runsMax: 140,
    runsMean: 23,
  },
};
