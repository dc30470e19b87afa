import type { Mutation } from "../engine/mutation.ts";

/** A pod that was created again under one name is taken for the one before. */
export const forgetsUid: Mutation = {
  name: "forgetsUid",
  defects: { kubelet: ["forgetsUid"] },
  properties: ["the cluster converges after healing"],
  campaignSeed: 194,
  runsMax: 300,
  runsMean: 60,
};
