import type { PodDisruptionBudget } from "../../actors/api/kinds/pod_disruption_budget.ts";
import type * as subject from "../../actors/controllers/loops/disruption.ts";
import type { Action } from "../../actors/controllers/plan.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A budget allows one disruption more than it has pods to spare. */
export const oneMoreDisruption: MutationOf<typeof subject> = {
  name: "oneMoreDisruption",
  patch: {
    module: "actors/controllers/loops/disruption.ts",
    name: "disruption",
    wrap: (sound) => ({
      ...sound,
      reconcile(key, listers, turn) {
        const plan = sound.reconcile(key, listers, turn);
        return plan && { ...plan, actions: plan.actions.map(changed) };
      },
    }),
  },
  found: {
    suite: "controllers",
    properties: ["disruption budgets are kept"],
    campaignSeed: 7001,
    runsMax: 1_800,
    runsMean: 180,
  },
};

function changed(action: Action): Action {
  if (action.op !== "update") return action;
  const budget = action.object as unknown as PodDisruptionBudget;
  const { spec, status } = budget;
  if (spec === undefined || !status || status.expectedPods === 0) return action;
  return {
    ...action,
    object: { ...budget, status: { ...status, disruptionsAllowed: status.disruptionsAllowed + 1 } } as never,
  };
}
