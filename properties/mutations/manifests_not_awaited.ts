import { showPod } from "../../actors/kubelet/pod/pod_manager.ts";
import type * as subject from "../../actors/kubelet/static_pods/tend_static_pods.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A static pod of a new manifest begins beside the one before it, which has yet to end. */
export const manifestsNotAwaited: MutationOf<typeof subject> = {
  name: "manifestsNotAwaited",
  patch: {
    module: "actors/kubelet/static_pods/tend_static_pods.ts",
    name: "tendStaticPods",
    wrap: (sound) => (data, step) => {
      sound(data, step);
      const { isRead, wanted } = data.staticPods;
      for (const pod of isRead ? wanted.values() : []) {
        if (!data.pods.has(pod.metadata.uid ?? "")) showPod(data, pod, { step, isStatic: true });
      }
    },
  },
  found: {
    suite: "kubelet",
    properties: ["no container runs twice"],
    campaignSeed: 3139,
    runsMax: 300,
    runsMean: 40,
  },
};
