import type * as cache from "../../actors/scheduler/cache.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The scheduler goes on to place pods on nodes that were deleted (kubernetes 56261 and 94437). */
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
  found: {
    properties: ["no pod is bound to a node that is gone"],
    campaignSeed: 347,
    runsMax: 600,
    runsMean: 190,
  },
};
