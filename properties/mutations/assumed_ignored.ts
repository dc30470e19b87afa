import type { Mutation } from "../engine/mutation.ts";

/** The scheduler forgets what it has just placed until it hears of it. */
export const assumedIgnored: Mutation = {
  name: "assumedIgnored",
  defects: { scheduler: ["assumedIgnored"] },
  properties: ["no node is over-committed"],
  campaignSeed: 154,
  runsMax: 125,
  runsMean: 25,
};
