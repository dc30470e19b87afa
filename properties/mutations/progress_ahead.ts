import type * as subject from "../../actors/store/raft/progress.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A leader counts what is on its way to a follower as if it had arrived. */
export const progressAhead: MutationOf<typeof subject> = {
  name: "progressAhead",
  patch: {
    module: "actors/store/raft/progress.ts",
    name: "acknowledge",
    wrap: (sound) => (progress, index) => sound(progress, Math.max(index, ...progress.inflight)),
  },
  found: {
    suite: "store",
    properties: ["Raft is safe", "the store is linearizable", "reads show what was"],
    campaignSeed: 1,
    runsMax: 1500,
    runsMean: 600,
  },
};
