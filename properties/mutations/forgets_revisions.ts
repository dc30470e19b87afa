import type * as subject from "../../actors/controllers/loops/deployment/replica_sets.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Deployment keeps no old ReplicaSet that is empty. */
export const forgetsRevisions: MutationOf<typeof subject> = {
  name: "forgetsRevisions",
  patch: {
    module: "actors/controllers/loops/deployment/replica_sets.ts",
    name: "forgettable",
    wrap: (sound) => (deployment, old) =>
      sound({ ...deployment, spec: { ...deployment.spec, revisionHistoryLimit: 0 } }, old),
  },
  found: {
    properties: ["old ReplicaSets are kept as asked for"],
    campaignSeed: 1004,
    runsMax: 40,
    runsMean: 6,
  },
};
