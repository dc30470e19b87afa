import type * as subject from "../../actors/scheduler/plugins/taint_toleration.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The scheduler puts pods on nodes whose taints they do not bear. */
export const taintsIgnored: MutationOf<typeof subject> = {
  name: "taintsIgnored",
  patch: {
    module: "actors/scheduler/plugins/taint_toleration.ts",
    name: "taintToleration",
    wrap: (sound) => ({ ...sound, filter: () => undefined }),
  },
  found: {
    properties: ["pods are bound where they may be", "no controller makes pods without bound"],
    campaignSeed: 1010,
    runsMax: 145,
    runsMean: 24,
  },
};
