import type { Frozen, Node } from "../api/types.ts";
import type { PlacedPod } from "./cache.ts";
import type { ClusterEvent, ClusterEventKind } from "./cluster_event.ts";
import type { NodeInfo } from "./node_info.ts";
import type { PodInfo } from "./pod_info.ts";

/** What happened to a node, judged by its object before and now. */
export function nodeEvents(node: NodeInfo, before: Frozen<Node> | undefined): ClusterEvent[] {
  const now = node.node;
  if (before === undefined || now === undefined) return [{ kind: "node.add", node }];
  const kinds: ClusterEventKind[] = [];
  if (!same(before.status?.allocatable, now.status?.allocatable)) kinds.push("node.allocatable");
  if (!same(before.metadata.labels, now.metadata.labels)) kinds.push("node.labels");
  const cordoned = Boolean(before.spec?.unschedulable) !== Boolean(now.spec?.unschedulable);
  if (cordoned || !same(before.spec?.taints, now.spec?.taints)) kinds.push("node.taints");
  return kinds.map((kind) => ({ kind, node }));
}

/** What happened to a pod on a node, judged by what was known of it. */
export function assignedPodEvents(pod: PodInfo, known: PlacedPod | undefined): ClusterEvent[] {
  if (known === undefined || known.assumed) return [{ kind: "assigned-pod.add", pod }];
  const podBefore = known.info;
  const kinds: ClusterEventKind[] = [];
  // A pod that is being deleted no longer counts where pods are spread: as if it had lost its labels.
  if (podBefore.terminating !== pod.terminating || !same(podBefore.labels, pod.labels))
    kinds.push("assigned-pod.labels");
  const less = pod.requests.milliCpu < podBefore.requests.milliCpu || pod.requests.memory < podBefore.requests.memory;
  if (less) kinds.push("assigned-pod.scale-down");
  return kinds.map((kind) => ({ kind, pod, podBefore }));
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
