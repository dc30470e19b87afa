import type * as subject from "../../actors/store/keyspace/snapshot.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Snapshots bring no leases. */
export const leasesWithoutSnapshots: MutationOf<typeof subject> = {
  name: "leasesWithoutSnapshots",
  patch: {
    module: "actors/store/keyspace/snapshot.ts",
    name: "endRestore",
    wrap: (sound) => (reader) => {
      const keyspace = sound(reader);
      keyspace.leases.byId.clear();
      return keyspace;
    },
  },
  found: {
    suite: "store",
    properties: ["replicas end alike", "the store is linearizable", "no component gives up"],
    campaignSeed: 6,
    runsMax: 60,
    runsMean: 8,
  },
};
