import type * as subject from "../../actors/controllers/nodes/taints.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Nodes that nobody hears of any more keep their pods. */
export const lostNodesUntainted: MutationOf<typeof subject> = {
  name: "lostNodesUntainted",
  patch: {
    module: "actors/controllers/nodes/taints.ts",
    name: "taintsFor",
    wrap: (sound) => (node, options) => sound(node, { ...options, eviction: undefined }),
  },
  found: {
    properties: ["nodes that are not ready are tainted"],
    campaignSeed: 1073,
    runsMax: 900,
    runsMean: 150,
  },
};
