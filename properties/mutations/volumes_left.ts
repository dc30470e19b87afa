import type * as subject from "../../actors/kubelet/pod/pod_volumes.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The volumes of pods that have ended stay. */
export const volumesLeft: MutationOf<typeof subject> = {
  name: "volumesLeft",
  patch: {
    module: "actors/kubelet/pod/pod_volumes.ts",
    name: "releaseVolumes",
    wrap: () => () => undefined,
  },
  found: {
    suite: "kubelet",
    properties: ["what is gone is cleared away at once", "nothing is left of pods that are gone"],
    campaignSeed: 3006,
    runsMax: 120,
    runsMean: 15,
  },
};
