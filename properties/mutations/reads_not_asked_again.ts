import type * as subject from "../../actors/store/raft/read_index.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A follower whose question to the leader is lost waits for the answer, and all who read there with it. */
export const readsNotAskedAgain: MutationOf<typeof subject> = {
  name: "readsNotAskedAgain",
  patch: { module: "actors/store/raft/read_index.ts", name: "retryRead", wrap: () => () => {} },
  found: {
    suite: "store",
    properties: ["the group comes to rest after healing"],
    campaignSeed: 501,
    runsMax: 80,
    runsMean: 7,
  },
};
