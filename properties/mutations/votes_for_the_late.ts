import type * as subject from "../../actors/store/raft/log.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who asks for a vote gets it, whatever is missing in its log. */
export const votesForTheLate: MutationOf<typeof subject> = {
  name: "votesForTheLate",
  patch: {
    module: "actors/store/raft/log.ts",
    name: "isUpToDate",
    wrap: () => () => true,
  },
  found: {
    suite: "store",
    properties: ["Raft is safe", "the store is linearizable"],
    campaignSeed: 2,
    runsMax: 400,
    runsMean: 100,
  },
};
