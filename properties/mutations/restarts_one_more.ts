import type * as subject from "../../actors/kubelet/pod/recovery.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A kubelet that starts anew counts one restart too many. */
export const restartsOneMore: MutationOf<typeof subject> = {
  name: "restartsOneMore",
  patch: {
    module: "actors/kubelet/pod/recovery.ts",
    name: "adoptPod",
    wrap: (sound) => (data, pod, step) => {
      const has = sound(data, pod, step);
      if (has) for (const container of pod.containers) container.restarts++;
      return has;
    },
  },
  found: {
    properties: ["restarts are counted, and slower each time"],
    campaignSeed: 21,
    runsMax: 100,
    runsMean: 20,
  },
};
