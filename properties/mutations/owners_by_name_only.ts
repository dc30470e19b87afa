import type * as isMeant from "../../actors/controllers/ownership/is_meant.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The garbage collector takes a namesake for the owner. */
export const ownersByNameOnly: MutationOf<typeof isMeant> = {
  name: "ownersByNameOnly",
  patch: {
    module: "actors/controllers/ownership/is_meant.ts",
    name: "isMeant",
    wrap: () => () => true,
  },
  found: {
    properties: ["the cluster converges after healing", "calm clusters converge soon"],
    campaignSeed: 211,
    runsMax: 150,
    runsMean: 65,
  },
};
