import type { Mutation } from "../engine/mutation.ts";

/** A kube-proxy takes an EndpointSlice for what it was when it first saw it. */
export const sliceUpdatesIgnored: Mutation = {
  name: "sliceUpdatesIgnored",
  defects: { kube_proxy: ["sliceUpdatesIgnored"] },
  properties: ["the rules of every node equal the endpoints"],
  campaignSeed: 104,
  runsMax: 150,
  runsMean: 13,
};
