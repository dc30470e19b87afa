import type * as subject from "../../actors/store/keyspace/lease_commands.ts";
import { moveClock } from "../../actors/store/keyspace/leases.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A lease that runs out leaves its keys. */
export const keysOutliveLeases: MutationOf<typeof subject> = {
  name: "keysOutliveLeases",
  patch: {
    module: "actors/store/keyspace/lease_commands.ts",
    name: "moveOn",
    wrap: () => (keyspace, clockMs) => {
      for (const { id } of moveClock(keyspace.leases, clockMs)) keyspace.leases.byId.delete(id);
    },
  },
  found: {
    suite: "store",
    properties: ["keys end with their leases", "the store is linearizable", "the store counts what it holds"],
    campaignSeed: 71,
    runsMax: 40,
    runsMean: 2,
  },
};
