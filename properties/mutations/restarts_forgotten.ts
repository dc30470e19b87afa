import type * as subject from "../../actors/kubelet/pod/recovery.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A kubelet that was started anew tells no restarts of before. */
export const restartsForgotten: MutationOf<typeof subject> = {
  name: "restartsForgotten",
  patch: {
    module: "actors/kubelet/pod/recovery.ts",
    name: "adoptPod",
    wrap: (sound) => (data, pod, step) => {
      const isAdopted = sound(data, pod, step);
      for (const container of pod.containers) container.restarts = 0;
      return isAdopted;
    },
  },
  found: {
    properties: ["pods go forward"],
    campaignSeed: 1015,
    runsMax: 90,
    runsMean: 15,
  },
};
