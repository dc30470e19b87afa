import type { Mutation } from "../engine/mutation.ts";

/** A rolling update takes all old pods away at once. */
export const unavailableIgnored: Mutation = {
  name: "unavailableIgnored",
  defects: { controller_manager: ["unavailableIgnored"] },
  properties: ["maxSurge and maxUnavailable hold"],
  campaignSeed: 110,
  runsMax: 50,
  runsMean: 10,
};
