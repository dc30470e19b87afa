import type * as subject from "../../actors/scheduler/plugins/inter_pod_affinity.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A pod that others kept away, and that gets other labels, waits on. */
export const ownLabelsWakeNobody: MutationOf<typeof subject> = {
  name: "ownLabelsWakeNobody",
  patch: {
    module: "actors/scheduler/plugins/inter_pod_affinity.ts",
    name: "interPodAffinity",
    wrap: (sound) => ({ ...sound, events: (sound.events ?? []).filter(({ on }) => on !== "pod.labels") }),
  },
  found: {
    suite: "scheduler",
    properties: ["pods that fit are bound soon"],
    campaignSeed: 1,
    runsMax: 330,
    runsMean: 55,
  },
};
