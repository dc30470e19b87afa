import type { Mutation } from "../engine/mutation.ts";

/** Kubelets do not tell the runtime their node's range: all give pods the same addresses. */
export const tellsNoRange: Mutation = {
  name: "tellsNoRange",
  defects: { kubelet: ["tellsNoRange"] },
  traffic: "always",
  properties: ["no two sandboxes share an IP"],
  campaignSeed: 400,
  runsMax: 15,
  runsMean: 1,
};
