import type { Plugin } from "../../actors/scheduler/framework.ts";
import type * as subject from "../../actors/scheduler/plugins/default_preemption.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who makes room for others asks no budget, even where there is a choice. */
export const budgetsUnknownToPreemption: MutationOf<typeof subject> = {
  name: "budgetsUnknownToPreemption",
  patch: {
    module: "actors/scheduler/plugins/default_preemption.ts",
    name: "defaultPreemption",
    wrap: (sound) => withoutBudgets(sound),
  },
  found: {
    suite: "scheduler",
    properties: ["only lesser pods are preempted"],
    campaignSeed: 7001,
    runsMax: 200,
    runsMean: 16,
  },
};

function withoutBudgets(sound: Plugin): Plugin {
  const { configured, postFilter } = sound;
  return {
    ...sound,
    ...(configured && { configured: (args) => withoutBudgets(configured(args)) }),
    postFilter(pod, failure) {
      const related = { ...failure.context.related, budgets: () => [] };
      return postFilter?.(pod, { ...failure, context: { ...failure.context, related } }) as never;
    },
  };
}
