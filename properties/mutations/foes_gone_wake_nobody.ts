import type * as subject from "../../actors/scheduler/plugins/inter_pod_affinity.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A pod that kept others away and goes wakes none of them. */
export const foesGoneWakeNobody: MutationOf<typeof subject> = {
  name: "foesGoneWakeNobody",
  patch: {
    module: "actors/scheduler/plugins/inter_pod_affinity.ts",
    name: "interPodAffinity",
    wrap: (sound) => ({ ...sound, events: (sound.events ?? []).filter(({ on }) => on !== "assigned-pod.delete") }),
  },
  found: {
    suite: "scheduler",
    properties: ["pods that fit are bound soon"],
    campaignSeed: 1,
    runsMax: 222,
    runsMean: 37,
  },
};
