import type * as subject from "../../actors/store/keyspace/snapshot.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Each part of a snapshot begins behind the key with which it should begin. */
export const partsSkipAKey: MutationOf<typeof subject> = {
  name: "partsSkipAKey",
  patch: {
    module: "actors/store/keyspace/snapshot.ts",
    name: "nextPart",
    wrap: (sound) => (cursor) => {
      if (cursor.parts > 0 && cursor.nextKey !== undefined) cursor.nextKey += "\0";
      return sound(cursor);
    },
  },
  found: {
    suite: "store",
    properties: ["the store is linearizable", "replicas end alike"],
    campaignSeed: 8202,
    runsMax: 200,
    runsMean: 6,
  },
};
