import type * as subject from "../../actors/store/keyspace/lease_commands.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A lease that is kept alive forgets the keys that were tied to it before. */
export const renewedLeasesForgetKeys: MutationOf<typeof subject> = {
  name: "renewedLeasesForgetKeys",
  patch: {
    module: "actors/store/keyspace/lease_commands.ts",
    name: "changeLease",
    wrap: (sound) => (keyspace, command) => {
      if (command.action === "renew") keyspace.leases.byId.get(command.lease)?.keys.clear();
      return sound(keyspace, command);
    },
  },
  found: {
    suite: "store",
    properties: ["keys end with their leases", "the store is linearizable", "the store counts what it holds"],
    campaignSeed: 71,
    runsMax: 80,
    runsMean: 12,
  },
};
