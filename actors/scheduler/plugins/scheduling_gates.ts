import { plugin, unresolvable } from "../framework.ts";
import type { PodInfo } from "../pod_info.ts";

/** Keeps a pod out of the queue for as long as it has scheduling gates. */
export const schedulingGates = plugin({
  name: "SchedulingGates",
  order: 5,
  events: [{ on: "pod.scheduling-gates", helps: (pod) => gatesOf(pod).length === 0 }],
  preEnqueue(pod) {
    const gates = gatesOf(pod);
    if (gates.length === 0) return undefined;
    return unresolvable(`waiting for scheduling gates: [${gates.map(({ name }) => name).join(" ")}]`);
  },
});

function gatesOf({ pod }: PodInfo): readonly { readonly name: string }[] {
  return pod.spec.schedulingGates ?? [];
}
