import type * as subject from "../../actors/store/raft/election.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A replica gives its vote in a term to whoever asks, however often. */
export const votesAgain: MutationOf<typeof subject> = {
  name: "votesAgain",
  patch: {
    module: "actors/store/raft/election.ts",
    name: "onVote",
    wrap: (sound) => (raft, mail, moment) => {
      if (mail.body.term === raft.term && raft.role !== "leader") Object.assign(raft, { vote: "", leader: "" });
      sound(raft, mail, moment);
    },
  },
  found: { test: "properties/exhaustive/raft_of_three_test.ts" },
};
