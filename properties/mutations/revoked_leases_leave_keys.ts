import type * as subject from "../../actors/store/keyspace/lease_commands.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A lease that is revoked leaves its keys. */
export const revokedLeasesLeaveKeys: MutationOf<typeof subject> = {
  name: "revokedLeasesLeaveKeys",
  patch: {
    module: "actors/store/keyspace/lease_commands.ts",
    name: "changeLease",
    wrap: (sound) => (keyspace, command) => {
      if (command.action === "revoke") keyspace.leases.byId.get(command.lease)?.keys.clear();
      return sound(keyspace, command);
    },
  },
  found: {
    suite: "store",
    properties: ["keys end with their leases", "the store is linearizable", "the store counts what it holds"],
    campaignSeed: 71,
    runsMax: 40,
    runsMean: 5,
  },
};
