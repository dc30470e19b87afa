import type * as subject from "../../actors/store/raft/read_index.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A follower takes the leader's answer to an older question, come twice, for that to its present one. */
export const olderQuestionsAnswered: MutationOf<typeof subject> = {
  name: "olderQuestionsAnswered",
  patch: {
    module: "actors/store/raft/read_index.ts",
    name: "onReadIndexAnswer",
    wrap: (sound) => (raft, mail) => {
      const { context } = raft.reads.asked ?? mail.body;
      sound(raft, { ...mail, body: { ...mail.body, context } });
    },
  },
  found: { suite: "store", properties: ["the store is linearizable"], campaignSeed: 1, runsMax: 1_500, runsMean: 250 },
};
