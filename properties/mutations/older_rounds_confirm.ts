import type * as subject from "../../actors/store/raft/read_index.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A leader takes the answer to an older round of heartbeats for that to the round that reads wait for. */
export const olderRoundsConfirm: MutationOf<typeof subject> = {
  name: "olderRoundsConfirm",
  patch: {
    module: "actors/store/raft/read_index.ts",
    name: "confirmRound",
    wrap: (sound) => (raft, from, round) => sound(raft, from, Math.max(round, raft.reads.confirming?.round ?? 0)),
  },
  found: { suite: "store", properties: ["the store is linearizable"], campaignSeed: 1, runsMax: 500, runsMean: 1_000 },
};
