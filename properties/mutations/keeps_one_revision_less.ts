import type * as subject from "../../actors/controllers/loops/deployment/replica_sets.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Of old ReplicaSets one fewer is kept than was asked for. */
export const keepsOneRevisionLess: MutationOf<typeof subject> = {
  name: "keepsOneRevisionLess",
  patch: {
    module: "actors/controllers/loops/deployment/replica_sets.ts",
    name: "forgettable",
    wrap: (sound) => (deployment, old) => {
      const { revisionHistoryLimit = 0 } = deployment.spec;
      const limit = Math.max(0, revisionHistoryLimit - 1);
      return sound({ ...deployment, spec: { ...deployment.spec, revisionHistoryLimit: limit } }, old);
    },
  },
  found: {
    properties: ["old ReplicaSets are kept as asked for"],
    campaignSeed: 1018,
    runsMax: 140,
    runsMean: 23,
  },
};
