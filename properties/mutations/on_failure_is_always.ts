import type * as subject from "../../actors/kubelet/container/restart_policy.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What ended well runs again where only failures are to. */
export const onFailureIsAlways: MutationOf<typeof subject> = {
  name: "onFailureIsAlways",
  patch: {
    module: "actors/kubelet/container/restart_policy.ts",
    name: "restartsAfter",
    wrap: (sound) => (pod, container, exitCode) =>
      sound(pod, container, pod.pod.spec.restartPolicy === "OnFailure" ? 1 : exitCode),
  },
  found: {
    suite: "kubelet",
    properties: ["what has ended for good stays ended"],
    campaignSeed: 3004,
    runsMax: 90,
    runsMean: 9,
  },
};
