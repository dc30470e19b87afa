import type * as subject from "../../actors/kubelet/static_pods/tend_static_pods.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A static pod whose manifest is gone runs on. */
export const goneManifestsRun: MutationOf<typeof subject> = {
  name: "goneManifestsRun",
  patch: {
    module: "actors/kubelet/static_pods/tend_static_pods.ts",
    name: "tendStaticPods",
    wrap: (sound) => (data, step) => {
      const { staticPods, pods } = data;
      for (const { key, pod, mirror } of pods.values()) {
        if (mirror && !staticPods.wanted.has(key)) staticPods.wanted = new Map(staticPods.wanted).set(key, pod);
      }
      sound(data, step);
    },
  },
  found: {
    suite: "kubelet",
    properties: ["static pods run as their manifests say"],
    campaignSeed: 3098,
    runsMax: 300,
    runsMean: 40,
  },
};
