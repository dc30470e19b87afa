import type * as subject from "../../actors/scheduler/changes.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A pod that asks for less than before wakes none of those that wait for room. */
export const shrinkingWakesNobody: MutationOf<typeof subject> = {
  name: "shrinkingWakesNobody",
  patch: {
    module: "actors/scheduler/changes.ts",
    name: "assignedPodEvents",
    wrap: (sound) => (pod, known) => sound(pod, known).filter(({ kind }) => kind !== "assigned-pod.scale-down"),
  },
  found: {
    suite: "scheduler",
    properties: ["pods that fit are bound soon"],
    campaignSeed: 1,
    runsMax: 440,
    runsMean: 73,
  },
};
