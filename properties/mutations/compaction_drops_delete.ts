import type * as keyspace from "../../actors/store/keyspace/keyspace.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A compaction at the revision of a delete loses the delete (etcd 18089 and 19179). */
export const compactionDropsDelete: MutationOf<typeof keyspace> = {
  name: "compactionDropsDelete",
  patch: {
    module: "actors/store/keyspace/keyspace.ts",
    name: "compact",
    wrap: (sound) => (keyspace, revision) => {
      const at = revision - keyspace.changesFirst;
      if (at >= 0 && revision <= keyspace.revision) {
        keyspace.changes[at] = (keyspace.changes[at] ?? []).filter(({ type }) => type !== "delete");
      }
      return sound(keyspace, revision);
    },
  },
  found: { test: "actors/store/store_defects_test.ts" },
};
