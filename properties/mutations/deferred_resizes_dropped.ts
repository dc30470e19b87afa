import type * as subject from "../../actors/kubelet/pod/resize.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A kubelet looks once at what a container is to have: what has no room then never gets it. */
export const deferredResizesDropped: MutationOf<typeof subject> = {
  name: "deferredResizesDropped",
  patch: {
    module: "actors/kubelet/pod/resize.ts",
    name: "tendResizes",
    wrap: (tend) => (data, step) => {
      tend(data, step);
      for (const pod of data.resizes) if (pod.resizePending) data.resizes.delete(pod);
    },
  },
  found: {
    suite: "kubelet",
    properties: ["containers have what they are to have"],
    campaignSeed: 41,
    runsMax: 100,
    runsMean: 16,
  },
};
