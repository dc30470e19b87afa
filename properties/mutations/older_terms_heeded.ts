import type * as subject from "../../actors/store/raft/follow.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A follower takes what a leader of an older term says as if it were of its own. */
export const olderTermsHeeded: MutationOf<typeof subject> = {
  name: "olderTermsHeeded",
  patch: {
    module: "actors/store/raft/follow.ts",
    name: "obey",
    wrap:
      (sound) =>
      (raft, from, { term, moment }) =>
        sound(raft, from, { term: Math.max(term, raft.term), moment }),
  },
  found: { test: "properties/exhaustive/raft_of_three_test.ts" },
};
