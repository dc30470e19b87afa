import type * as subject from "../../actors/kubelet/pod/watched_objects.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A kubelet does not hear that what a pod waits for was made. */
export const lateSourcesUnnoticed: MutationOf<typeof subject> = {
  name: "lateSourcesUnnoticed",
  patch: {
    module: "actors/kubelet/pod/watched_objects.ts",
    name: "createWatchedObjects",
    wrap: (sound) => (options) => sound({ ...options, changed: () => {} }),
  },
  found: {
    properties: ["the cluster converges after healing", "calm clusters converge soon"],
    campaignSeed: 1011,
    runsMax: 80,
    runsMean: 13,
  },
};
