import type * as wal from "../../actors/store/log/wal.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A vote is forgotten by a crash. */
export const voteNotPersisted: MutationOf<typeof wal> = {
  name: "voteNotPersisted",
  patch: {
    module: "actors/store/log/wal.ts",
    name: "hardStateText",
    wrap: (sound) => (hardState) => sound({ ...hardState, vote: "" }),
  },
  found: { test: "actors/store/store_defects_test.ts" },
};
