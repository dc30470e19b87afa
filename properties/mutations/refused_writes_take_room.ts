import type * as subject from "../../actors/store/keyspace/quota.ts";
import { costOf } from "../../actors/store/keyspace/space.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The room that a write wanted is counted as used, though the write was refused for want of it. */
export const refusedWritesTakeRoom: MutationOf<typeof subject> = {
  name: "refusedWritesTakeRoom",
  patch: {
    module: "actors/store/keyspace/quota.ts",
    name: "hasSpaceFor",
    wrap: (sound) => (keyspace, operations) => {
      const fits = sound(keyspace, operations);
      for (const each of operations) if (!fits && each.op === "put") keyspace.space.liveBytes += costOf(each);
      return fits;
    },
  },
  found: { suite: "store", properties: ["the store counts what it holds"], campaignSeed: 1, runsMax: 60, runsMean: 8 },
};
