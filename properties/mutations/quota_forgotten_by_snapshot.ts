import type * as snapshot from "../../actors/store/keyspace/snapshot.ts";
import { setQuota } from "../../actors/store/keyspace/space.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who is given a snapshot does not know the quota until the next leader says it. */
export const quotaForgottenBySnapshot: MutationOf<typeof snapshot> = {
  name: "quotaForgottenBySnapshot",
  patch: {
    module: "actors/store/keyspace/snapshot.ts",
    name: "endRestore",
    wrap: (sound) => (reader) => {
      const keyspace = sound(reader);
      setQuota(keyspace.space, 0);
      return keyspace;
    },
  },
  found: { test: "actors/store/store_defects_test.ts" },
};
