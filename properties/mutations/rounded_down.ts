import type * as subject from "../../actors/controllers/loops/horizontal_pod_autoscaler/replicas.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** An autoscaler asks for as many pods as are full, and for none beside them. */
export const roundedDown: MutationOf<typeof subject> = {
  name: "roundedDown",
  patch: {
    module: "actors/controllers/loops/horizontal_pod_autoscaler/replicas.ts",
    name: "replicasByAverage",
    wrap: (sound) => (target, wish, metrics) => {
      const proposal = sound(target, wish, metrics);
      if (!proposal.ok || proposal.value.replicas <= target.specReplicas) return proposal;
      return { ...proposal, value: { ...proposal.value, replicas: proposal.value.replicas - 1 } };
    },
  },
  found: {
    suite: "controllers",
    properties: ["the cluster converges after healing", "calm clusters converge soon"],
    campaignSeed: 3061,
    runsMax: 152,
    runsMean: 19,
  },
};
