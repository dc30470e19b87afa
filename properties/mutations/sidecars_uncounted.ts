import type * as subject from "../../actors/scheduler/resources.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Init containers that go on count as if they ended before the others begin. */
export const sidecarsUncounted: MutationOf<typeof subject> = {
  name: "sidecarsUncounted",
  patch: {
    module: "actors/scheduler/resources.ts",
    name: "podRequests",
    wrap: (sound) => (spec) =>
      sound({
        ...spec,
        initContainers: (spec.initContainers ?? []).map(({ restartPolicy: _goesOn, ...each }) => each),
      } as typeof spec),
  },
  found: {
    suite: "scheduler",
    properties: ["pods are bound where they may be", "only lesser pods are preempted"],
    campaignSeed: 2001,
    runsMax: 120,
    runsMean: 18,
  },
};
