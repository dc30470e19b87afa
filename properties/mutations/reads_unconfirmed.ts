import type * as subject from "../../actors/store/raft/read_index.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A leader answers reads without making sure that it still leads. */
export const readsUnconfirmed: MutationOf<typeof subject> = {
  name: "readsUnconfirmed",
  patch: {
    module: "actors/store/raft/read_index.ts",
    name: "concludeRound",
    wrap: (sound) => (raft) => {
      for (const peer of raft.peers) raft.reads.confirming?.heard.add(peer);
      sound(raft);
    },
  },
  found: {
    suite: "store",
    properties: ["the store is linearizable"],
    campaignSeed: 7425,
    runsMax: 200,
    runsMean: 400,
  },
};
