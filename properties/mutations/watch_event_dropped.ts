import type { Mutation } from "../engine/mutation.ts";

/** An API server does not tell its watchers of some events (kubernetes 123072). */
export const watchEventDropped: Mutation = {
  name: "watchEventDropped",
  defects: { apiserver: ["watchEventDropped"] },
  properties: ["the cluster converges after healing", "every informer equals the store"],
  campaignSeed: 100,
  runsMax: 20,
  runsMean: 3,
};
