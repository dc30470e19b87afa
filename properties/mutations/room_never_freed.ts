import type * as subject from "../../actors/scheduler/cache.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The scheduler counts pods to their nodes when they are gone. */
export const roomNeverFreed: MutationOf<typeof subject> = {
  name: "roomNeverFreed",
  patch: {
    module: "actors/scheduler/cache.ts",
    name: "createCache",
    wrap: (sound) => () => {
      const cache = sound();
      return { ...cache, removePod: cache.pod };
    },
  },
  found: {
    properties: ["pods that fit are bound soon"],
    campaignSeed: 1005,
    runsMax: 25,
    runsMean: 4,
  },
};
