import type { Mutation } from "../engine/mutation.ts";

/** A rolling update makes all new pods at once. */
export const surgeIgnored: Mutation = {
  name: "surgeIgnored",
  defects: { controller_manager: ["surgeIgnored"] },
  properties: ["maxSurge and maxUnavailable hold"],
  campaignSeed: 103,
  runsMax: 75,
  runsMean: 15,
};
