import { getCondition } from "../../api/conditions.ts";
import { formatTime } from "../../api/time.ts";
import type { Frozen, Node, Taint } from "../../api/types.ts";

/** The node's kubelet says that it is not ready. */
export const notReadyTaint = "node.kubernetes.io/not-ready";
/** Nothing is heard from the node's kubelet. */
export const unreachableTaint = "node.kubernetes.io/unreachable";

/** Which taint, without effect on what runs already, stands for which status of which condition. */
const conditionTaints: readonly (readonly [condition: string, status: string, taint: string])[] = [
  ["Ready", "False", notReadyTaint],
  ["Ready", "Unknown", unreachableTaint],
  ["MemoryPressure", "True", "node.kubernetes.io/memory-pressure"],
  ["DiskPressure", "True", "node.kubernetes.io/disk-pressure"],
  ["PIDPressure", "True", "node.kubernetes.io/pid-pressure"],
  ["NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"],
];
const unschedulableTaint = "node.kubernetes.io/unschedulable";
const managedKeys: ReadonlySet<string> = new Set([...conditionTaints.map(([, , taint]) => taint), unschedulableTaint]);

/** The taint that evicts, for a node in this state: `unreachable`, `notReady`, or none. */
export type Eviction = typeof notReadyTaint | typeof unreachableTaint | undefined;

/** Whether the node has the taint that evicts. */
export function isEvicting({ spec }: Frozen<Node>, key: Eviction): boolean {
  return (spec.taints ?? []).some((taint) => taint.effect === "NoExecute" && taint.key === key);
}

/** The taints that a node should have: those that are somebody else's stay. */
export function taintsFor(node: Frozen<Node>, { eviction, nowMs }: { eviction: Eviction; nowMs: number }): Taint[] {
  const present = (node.spec.taints ?? []) as readonly Taint[];
  const others = present.filter(({ key, effect }) => !isManaged(key, effect));
  const wanted: Taint[] = conditionTaints
    .filter(([type, status]) => getCondition(node.status.conditions, type)?.status === status)
    .map(([, , key]) => ({ key, effect: "NoSchedule" }));
  if (node.spec.unschedulable) wanted.push({ key: unschedulableTaint, effect: "NoSchedule" });
  if (eviction) wanted.push({ key: eviction, effect: "NoExecute" });
  const timed = wanted.map((taint) => {
    const before = present.find(({ key, effect }) => key === taint.key && effect === taint.effect);
    return before ?? { ...taint, timeAdded: formatTime(nowMs) };
  });
  return [...others, ...timed];
}

function isManaged(key: string, effect: string): boolean {
  if (effect === "NoExecute") return key === notReadyTaint || key === unreachableTaint;
  return effect === "NoSchedule" && managedKeys.has(key);
}
