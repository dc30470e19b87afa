import type * as subject from "../../actors/store/keyspace/lease_commands.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A lease that is kept alive ends when it would have ended by itself. */
export const renewalsIgnored: MutationOf<typeof subject> = {
  name: "renewalsIgnored",
  patch: {
    module: "actors/store/keyspace/lease_commands.ts",
    name: "changeLease",
    wrap: (sound) => (keyspace, command) => {
      const lease = command.action === "renew" ? keyspace.leases.byId.get(command.lease) : undefined;
      if (!lease) return sound(keyspace, command);
      return { type: "store.lease.ok", revision: keyspace.revision, id: lease.id, ttlSeconds: lease.ttlSeconds };
    },
  },
  found: {
    suite: "store",
    properties: ["the store is linearizable"],
    campaignSeed: 4,
    runsMax: 150,
    runsMean: 15,
  },
};
