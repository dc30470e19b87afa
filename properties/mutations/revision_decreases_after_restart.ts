import type { Mutation } from "../engine/mutation.ts";

/** A replica that restarts begins at the revision of its newest key, below those of deletes (etcd 17780). */
export const revisionDecreasesAfterRestart: Mutation = {
  name: "revisionDecreasesAfterRestart",
  defects: { store: ["revisionDecreasesAfterRestart"] },
  properties: ["revisions only grow", "Raft is safe"],
  campaignSeed: 205,
  runsMax: 600,
  runsMean: 85,
};
