import type * as subject from "../../actors/scheduler/plugins/inter_pod_affinity.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A pod that gets other labels wakes none of those that wait for such a neighbour, or for none. */
export const neighboursLabelsWakeNobody: MutationOf<typeof subject> = {
  name: "neighboursLabelsWakeNobody",
  patch: {
    module: "actors/scheduler/plugins/inter_pod_affinity.ts",
    name: "interPodAffinity",
    wrap: (sound) => ({ ...sound, events: (sound.events ?? []).filter(({ on }) => on !== "assigned-pod.labels") }),
  },
  found: {
    suite: "scheduler",
    properties: ["pods that fit are bound soon"],
    campaignSeed: 1,
    runsMax: 264,
    runsMean: 44,
  },
};
