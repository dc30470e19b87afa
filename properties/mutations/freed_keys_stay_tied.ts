import type * as subject from "../../actors/store/keyspace/leases.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A key that is written anew ends with the lease that it was tied to before. */
export const freedKeysStayTied: MutationOf<typeof subject> = {
  name: "freedKeysStayTied",
  patch: {
    module: "actors/store/keyspace/leases.ts",
    name: "tie",
    wrap: (sound) => (leases, kv) => sound(leases, kv, undefined),
  },
  found: {
    suite: "store",
    properties: ["keys end with their leases", "the store is linearizable", "the store counts what it holds"],
    campaignSeed: 71,
    runsMax: 40,
    runsMean: 3,
  },
};
