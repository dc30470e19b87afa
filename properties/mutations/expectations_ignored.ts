import type * as pastPlans from "../../actors/controllers/past_plans.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A controller makes pods again that it has not seen yet. */
export const expectationsIgnored: MutationOf<typeof pastPlans> = {
  name: "expectationsIgnored",
  patch: {
    module: "actors/controllers/past_plans.ts",
    name: "shownOf",
    wrap: () => () => "all",
  },
  bugs: ["kubernetes 129795"],
  found: {
    properties: ["a ReplicaSet makes no pods too many"],
    campaignSeed: 140,
    runsMax: 125,
    runsMean: 25,
  },
};
