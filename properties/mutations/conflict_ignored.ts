import type { Mutation } from "../engine/mutation.ts";

/** An update takes no notice of the version that it is based on. */
export const conflictIgnored: Mutation = {
  name: "conflictIgnored",
  defects: { apiserver: ["conflictIgnored"] },
  properties: ["the API is linearizable", "a Lease is taken only when it has run out"],
  campaignSeed: 101,
  runsMax: 20,
  runsMean: 2,
};
