import type * as subject from "../../actors/scheduler/term_index.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What pods want near them, or away from them, is counted where their nodes were once. */
export const termsKeepTheirZones: MutationOf<typeof subject> = {
  name: "termsKeepTheirZones",
  patch: {
    module: "actors/scheduler/term_index.ts",
    name: "createTermIndex",
    wrap:
      (sound) =>
      (...all) => ({ ...sound(...all), nodesChanged: () => {} }),
  },
  found: {
    suite: "scheduler",
    properties: ["pods are bound where they may be", "pods that fit are bound soon"],
    campaignSeed: 8401,
    runsMax: 3000,
    runsMean: 504,
  },
};
