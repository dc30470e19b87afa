import type { Mutation } from "../engine/mutation.ts";

/** Entries count as stored before the disk says so (etcd 14370). */
export const ackBeforeSync: Mutation = {
  name: "ackBeforeSync",
  defects: { store: ["ackBeforeSync"] },
  properties: ["Raft is safe", "acknowledged writes are kept"],
  campaignSeed: 113,
  runsMax: 150,
  runsMean: 30,
};
