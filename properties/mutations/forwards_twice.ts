import type * as subject from "../../actors/store/raft/sequence_window.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What a follower forwards is added to the log as often as the network brings it. */
export const forwardsTwice: MutationOf<typeof subject> = {
  name: "forwardsTwice",
  patch: {
    module: "actors/store/raft/sequence_window.ts",
    name: "firstSeen",
    wrap: () => () => true,
  },
  found: {
    suite: "store",
    properties: ["the store is linearizable", "Raft is safe"],
    campaignSeed: 9,
    runsMax: 200,
    runsMean: 50,
  },
};
