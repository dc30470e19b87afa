import type * as subject from "../../actors/controllers/ownership/owners.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The garbage collector sees one dependent of each owner. */
export const firstDependentOnly: MutationOf<typeof subject> = {
  name: "firstDependentOnly",
  patch: {
    module: "actors/controllers/ownership/owners.ts",
    name: "dependentsOf",
    wrap: (sound) => (uid, listers) => sound(uid, listers).slice(0, 1),
  },
  found: {
    properties: [
      "dependents go first, or are let go",
      "nothing is stuck",
      "the cluster converges after healing",
      "calm clusters converge soon",
    ],
    campaignSeed: 21,
    runsMax: 60,
    runsMean: 12,
  },
};
