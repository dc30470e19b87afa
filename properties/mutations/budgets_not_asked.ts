import type * as subject from "../../actors/apiserver/subresources/_disruption_budget.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Pods are evicted whatever their disruption budgets say. */
export const budgetsNotAsked: MutationOf<typeof subject> = {
  name: "budgetsNotAsked",
  patch: {
    module: "actors/apiserver/subresources/_disruption_budget.ts",
    name: "askBudget",
    wrap:
      () =>
      (_server, { done }, step) =>
        done({ ok: true, value: {} }, step),
  },
  found: {
    suite: "apiserver",
    properties: ["what is scarce is given once"],
    campaignSeed: 7,
    runsMax: 200,
    runsMean: 20,
  },
};
