import type { Mutation } from "../engine/mutation.ts";

/** The scheduler goes on to place pods on nodes that were deleted (kubernetes 56261 and 94437). */
export const missedNodeDelete: Mutation = {
  name: "missedNodeDelete",
  defects: { scheduler: ["missedNodeDelete"] },
  properties: ["no pod is bound to a node that is gone"],
  campaignSeed: 347,
  runsMax: 600,
  runsMean: 190,
};
