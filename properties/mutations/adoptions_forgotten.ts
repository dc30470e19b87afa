import type * as subject from "../../actors/controllers/claim.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A set does not take in pods that nobody has. */
export const adoptionsForgotten: MutationOf<typeof subject> = {
  name: "adoptionsForgotten",
  patch: {
    module: "actors/controllers/claim.ts",
    name: "orphansByNamespace",
    wrap: () => () => [],
  },
  found: {
    properties: ["the cluster converges after healing", "calm clusters converge soon"],
    campaignSeed: 1006,
    runsMax: 40,
    runsMean: 6,
  },
};
