import type * as subject from "../../actors/controllers/endpoints/selection.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Service leads to the first address of its pods, of whatever family that is. */
export const otherFamilyFirst: MutationOf<typeof subject> = {
  name: "otherFamilyFirst",
  patch: {
    module: "actors/controllers/endpoints/selection.ts",
    name: "addressesOf",
    wrap: () => (object) => (object.status.podIP ? [object.status.podIP] : []),
  },
  found: {
    properties: ["endpoints equal the ready pods", "addresses are of their family", "at the fixpoint nobody writes"],
    campaignSeed: 1097,
    runsMax: 60,
    runsMean: 12,
  },
};
