import type * as subject from "../../actors/kubelet/pod/pod_volumes.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Volumes that an earlier life of a kubelet did not come to remove are left. */
export const strayVolumesLeft: MutationOf<typeof subject> = {
  name: "strayVolumesLeft",
  patch: {
    module: "actors/kubelet/pod/pod_volumes.ts",
    name: "removeStrayVolumes",
    wrap: () => () => undefined,
  },
  found: {
    suite: "kubelet",
    properties: ["nothing is left of pods that are gone"],
    campaignSeed: 3105,
    runsMax: 300,
    runsMean: 30,
  },
};
