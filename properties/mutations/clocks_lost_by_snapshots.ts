import type * as subject from "../../actors/store/keyspace/snapshot.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** For who is given a snapshot the clock by which leases end begins anew. */
export const clocksLostBySnapshots: MutationOf<typeof subject> = {
  name: "clocksLostBySnapshots",
  patch: {
    module: "actors/store/keyspace/snapshot.ts",
    name: "endRestore",
    wrap: (sound) => (reader) => {
      const keyspace = sound(reader);
      keyspace.leases.clockMs = 0;
      return keyspace;
    },
  },
  found: { suite: "store", properties: ["replicas end alike"], campaignSeed: 500, runsMax: 150, runsMean: 15 },
};
