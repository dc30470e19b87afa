import { node as nodeKind } from "../../api/kinds/node.ts";
import { getControllerOf } from "../../api/owner_references.ts";
import { formatTime } from "../../api/time.ts";
import type { Frozen, Node, Pod } from "../../api/types.ts";
import type { Action } from "../plan.ts";
import { askCloud } from "./ask_cloud.ts";
import type { Pool } from "./scale_up.ts";

/** The taint of a node that is about to be given back: no pod comes there any more. */
export const toBeDeletedTaint = "ToBeDeletedByClusterAutoscaler";
const mirrorAnnotation = "kubernetes.io/config.mirror";
const disabledAnnotation = "cluster-autoscaler.kubernetes.io/scale-down-disabled";

/** A rented node, and what of it counts here. */
export interface RentedNode {
  readonly node: Frozen<Node>;
  readonly pool: Pool;
  readonly pods: readonly Frozen<Pod>[];
}

/** Whether nothing runs there but what runs on every node. */
export function isIdle({ node, pods }: RentedNode): boolean {
  if (node.metadata.annotations?.[disabledAnnotation] === "true") return false;
  return pods.every((pod) => {
    const { annotations = {} } = pod.metadata;
    const isOver = pod.status.phase === "Succeeded" || pod.status.phase === "Failed";
    return isOver || mirrorAnnotation in annotations || getControllerOf(pod)?.kind === "DaemonSet";
  });
}

/** Whether it is on its way out. */
export function isLeaving({ spec }: Frozen<Node>): boolean {
  return spec.taints?.some(({ key }) => key === toBeDeletedTaint) === true;
}

/** The first step: no pod is to come there any more. What comes all the same keeps it. */
export function marking({ node }: RentedNode, nowMs: number): Action {
  const value = `${Math.floor(nowMs / 1_000)}`;
  const taint = { key: toBeDeletedTaint, value, effect: "NoSchedule", timeAdded: formatTime(nowMs) };
  const object = { ...node, spec: { ...node.spec, taints: [...(node.spec.taints ?? []), taint] } } as Frozen<Node>;
  const report = reportOf(node, "ScaleDown", "marked the node as toBeDeleted/unschedulable");
  return { op: "update", kind: nodeKind, object, report, accept: ["NotFound"] };
}

/** It is needed again. */
export function unmarking({ node }: RentedNode): Action {
  const taints = (node.spec.taints ?? []).filter(({ key }) => key !== toBeDeletedTaint);
  const object = { ...node, spec: { ...node.spec, taints } } as Frozen<Node>;
  return { op: "update", kind: nodeKind, object, accept: ["NotFound"] };
}

/** The second step: its provider has it back, and the node goes with its instance. */
export function returning({ node, pool }: RentedNode): Action {
  const { name } = node.metadata;
  const { providerID = "" } = node.spec;
  const ids = [providerID.slice(providerID.lastIndexOf("/") + 1)];
  const request = { op: "DeleteNodes", group: pool.group.name, ids } as const;
  const about = { kind: nodeKind, name };
  return askCloud(about, { cloud: pool.cloud, request }, (answer) => {
    const report = reportOf(node, "ScaleDown", "node removed by cluster autoscaler");
    if (answer.ok) return [{ op: "tell", kind: nodeKind, object: node, report }];
    const failureReport = reportOf(node, "ScaleDownFailed", "failed to delete empty node: ");
    return [{ op: "fail", ...about, message: answer.failure.message, failureReport }];
  });
}

function reportOf(node: Frozen<Node>, reason: string, message: string) {
  const about = { ...node, apiVersion: "v1", kind: "Node" };
  return { about, type: reason === "ScaleDown" ? "Normal" : "Warning", reason, message } as const;
}
