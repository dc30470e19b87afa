import type * as cache from "../../actors/scheduler/cache.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The scheduler goes on to place pods on nodes that were deleted. */
export const missedNodeDelete: MutationOf<typeof cache> = {
  name: "missedNodeDelete",
  patch: {
    module: "actors/scheduler/cache.ts",
    name: "createCache",
    wrap: (sound) => () => {
      const cache = sound();
      return { ...cache, removeNode: cache.node };
    },
  },
  bugs: ["kubernetes 56261", "kubernetes 94437"],
  found: {
    suite: "scheduler",
    properties: ["pods are bound where they may be", "no pod is bound to a node that is gone"],
    campaignSeed: 2001,
    runsMax: 400,
    runsMean: 45,
  },
};
