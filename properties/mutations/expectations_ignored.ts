import type { Mutation } from "../engine/mutation.ts";

/** A controller makes pods again that it has not seen yet (kubernetes 129795). */
export const expectationsIgnored: Mutation = {
  name: "expectationsIgnored",
  defects: { controller_manager: ["expectationsIgnored"] },
  properties: ["a ReplicaSet makes no pods too many"],
  campaignSeed: 140,
  runsMax: 125,
  runsMean: 25,
};
