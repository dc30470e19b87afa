import type * as subject from "../../actors/scheduler/pod_index.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Pods are counted in the zone where their node was once. */
export const podsKeepTheirZones: MutationOf<typeof subject> = {
  name: "podsKeepTheirZones",
  patch: {
    module: "actors/scheduler/pod_index.ts",
    name: "createPodIndex",
    wrap:
      (sound) =>
      (...all) => ({ ...sound(...all), nodesChanged: () => {} }),
  },
  found: {
    suite: "scheduler",
    properties: ["pods are bound where they may be", "pods that fit are bound soon"],
    campaignSeed: 8401,
    runsMax: 900,
    runsMean: 126,
  },
};
