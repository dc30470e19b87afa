import type * as subject from "../../actors/kubelet/container/restart_policy.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A container that is never to be started again is, when it failed. */
export const endedForGoodRestarted: MutationOf<typeof subject> = {
  name: "endedForGoodRestarted",
  patch: {
    module: "actors/kubelet/container/restart_policy.ts",
    name: "restartsAfter",
    wrap: (sound) => (pod, container, exitCode) =>
      sound(pod, container, exitCode) || (exitCode !== 0 && !pod.stop && pod.phase === "running"),
  },
  found: {
    properties: ["pods that restart nothing run once"],
    campaignSeed: 1008,
    runsMax: 40,
    runsMean: 6,
  },
};
