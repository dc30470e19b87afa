import type * as subject from "../../actors/kubelet/static_pods/mirrors.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A mirror that somebody deletes is not made again: the pod runs, and nobody sees it. */
export const mirrorsMadeOnce: MutationOf<typeof subject> = {
  name: "mirrorsMadeOnce",
  patch: {
    module: "actors/kubelet/static_pods/mirrors.ts",
    name: "tendMirror",
    wrap: (sound) => (data, key, tended) => {
      const wasShown = tended.record?.mirror?.object !== undefined;
      if (wasShown && !data.staticPods.mirrors.has(key)) return;
      sound(data, key, tended);
    },
  },
  found: {
    suite: "kubelet",
    properties: ["mirrors show what manifests say"],
    campaignSeed: 3069,
    runsMax: 300,
    runsMean: 40,
  },
};
