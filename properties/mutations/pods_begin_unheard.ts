import type * as subject from "../../actors/computer/beginnings.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Pods begin before their node knows what policies say of them. */
export const podsBeginUnheard: MutationOf<typeof subject> = {
  name: "podsBeginUnheard",
  patch: {
    module: "actors/computer/beginnings.ts",
    name: "hold",
    wrap: () => () => false,
  },
  found: {
    suite: "policies",
    properties: ["new pods are kept apart as policies say"],
    campaignSeed: 3303,
    runsMax: 24,
    runsMean: 3,
  },
};
