import type * as subject from "../../actors/store/keyspace/snapshot.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The later parts of a snapshot have what was written since it was begun, too. */
export const snapshotsOfLater: MutationOf<typeof subject> = {
  name: "snapshotsOfLater",
  patch: {
    module: "actors/store/keyspace/snapshot.ts",
    name: "nextPart",
    wrap: (sound) => (cursor) => {
      const { head, keyspace } = cursor;
      Object.assign(head, { revision: Math.max(head.revision, keyspace.revision) });
      return sound(cursor);
    },
  },
  found: {
    suite: "store",
    properties: ["the store is linearizable", "replicas end alike"],
    campaignSeed: 8201,
    runsMax: 300,
    runsMean: 39,
  },
};
