import type { Mutation } from "../engine/mutation.ts";

/** A consistent list is answered from a cache that may lag (kubernetes 59848). */
export const staleListAsFresh: Mutation = {
  name: "staleListAsFresh",
  defects: { apiserver: ["staleListAsFresh"] },
  properties: ["the API is linearizable"],
  campaignSeed: 123,
  runsMax: 120,
  runsMean: 24,
};
