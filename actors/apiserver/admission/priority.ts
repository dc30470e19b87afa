import { fillsInNewPods } from "./_new_pods.ts";

/** A pod that says nothing of its priority has the least of ordinary ones, and may still make others go. */
export const priority = fillsInNewPods({
  name: "Priority",
  place: 14,
  fill(spec) {
    spec.priority ??= 0;
    spec.preemptionPolicy ??= "PreemptLowerPriority";
  },
});
