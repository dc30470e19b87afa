import type * as subject from "../../actors/scheduler/spread_constraint.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Pods that are to be spread over so many zones or nodes at least are content with those there are. */
export const fewDomainsWillDo: MutationOf<typeof subject> = {
  name: "fewDomainsWillDo",
  patch: {
    module: "actors/scheduler/spread_constraint.ts",
    name: "ownConstraints",
    wrap: (sound) => (pod, whenUnsatisfiable) =>
      sound(pod, whenUnsatisfiable).map((each) => ({ ...each, minDomains: 1 })),
  },
  found: {
    suite: "scheduler",
    properties: ["pods are bound where they may be", "only lesser pods are preempted"],
    campaignSeed: 2001,
    runsMax: 1000,
    runsMean: 215,
  },
};
