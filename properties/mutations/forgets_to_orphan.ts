import type * as owners from "../../actors/controllers/ownership/owners.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What is deleted so that its dependents stay is never let go: nobody releases them. */
export const forgetsToOrphan: MutationOf<typeof owners> = {
  name: "forgetsToOrphan",
  patch: {
    module: "actors/controllers/ownership/owners.ts",
    name: "orphansDependents",
    wrap: () => () => false,
  },
  found: {
    properties: ["the cluster converges after healing", "calm clusters converge soon", "nothing is stuck"],
    campaignSeed: 1,
    runsMax: 200,
    runsMean: 25,
  },
};
