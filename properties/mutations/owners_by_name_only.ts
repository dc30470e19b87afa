import type { Mutation } from "../engine/mutation.ts";

/** The garbage collector takes a namesake for the owner. */
export const ownersByNameOnly: Mutation = {
  name: "ownersByNameOnly",
  defects: { controller_manager: ["ownersByNameOnly"] },
  properties: ["the cluster converges after healing"],
  campaignSeed: 211,
  runsMax: 150,
  runsMean: 65,
};
