import type * as keyspace from "../../actors/store/keyspace/keyspace.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A compaction at the revision of a delete loses the delete. */
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
  bugs: ["etcd 18089", "etcd 19179"],
  found: { test: "actors/store/store_defects_test.ts" },
};
