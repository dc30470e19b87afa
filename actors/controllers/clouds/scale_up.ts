import { pod as podKind } from "../../api/kinds/pod.ts";
import { type Frozen, keyOf, type Pod } from "../../api/types.ts";
import type { NodeGroup } from "../../cloud/messages.ts";
import type { CloudPlace } from "../loop.ts";
import type { Action } from "../plan.ts";
import { askCloud } from "./ask_cloud.ts";
import { packed, whyNoHome } from "./group_fit.ts";

/** A group of a provider, and how many of its nodes have been ordered and are not Ready yet. */
export interface Pool {
  readonly cloud: CloudPlace;
  readonly group: NodeGroup;
  readonly coming: number;
}

/** What a group is made larger by, for which pods. */
interface Growth {
  readonly pool: Pool;
  readonly by: number;
  readonly pods: readonly Frozen<Pod>[];
}

/**
 * Asks providers for the nodes that pods wait for, beyond those that are on their way: of the groups that help the most
 * pods the one that needs the fewest nodes.
 *
 * @param told pods that were told already that nothing is done for them
 */
export function scalingUp(waiting: readonly Frozen<Pod>[], pools: readonly Pool[], told: Set<string>): Action[] {
  let left = waiting;
  for (const { group, coming } of pools) if (coming > 0) left = packed(left, group, coming).left;
  const actions: Action[] = [];
  for (let rest = pools; left.length > 0; ) {
    const growth = best(left, rest);
    if (!growth) break;
    actions.push(growing(growth));
    left = left.filter((pod) => !growth.pods.includes(pod));
    rest = rest.filter((pool) => pool !== growth.pool);
  }
  for (const pod of left) if (!told.has(pod.metadata.uid ?? "")) actions.push(refusing(pod, pools));
  told.clear();
  for (const { metadata } of left) told.add(metadata.uid ?? "");
  return actions;
}

function best(pods: readonly Frozen<Pod>[], pools: readonly Pool[]): Growth | undefined {
  const growths = pools.map((pool): Growth => {
    const { sizeMax, size } = pool.group;
    const { nodes, placed } = packed(pods, pool.group, sizeMax - size);
    return { pool, by: nodes, pods: placed };
  });
  const helping = growths.filter(({ by }) => by > 0);
  return helping.sort((a, b) => b.pods.length - a.pods.length || a.by - b.by)[0];
}

function growing({ pool: { cloud, group }, by, pods }: Growth): Action {
  const { name, size, sizeMax } = group;
  const about = { kind: podKind, name };
  return askCloud(about, { cloud, request: { op: "IncreaseSize", group: name, by } }, (answer) => {
    if (!answer.ok) {
      const message = `failed to increase node group size: ${answer.failure.message}`;
      return [{ op: "fail", ...about, message }];
    }
    const message = `pod triggered scale-up: [{${name} ${size}->${size + by} (max: ${sizeMax})}]`;
    return pods.map((pod) => telling(pod, "TriggeredScaleUp", message));
  });
}

function refusing(pod: Frozen<Pod>, pools: readonly Pool[]): Action {
  const reasons = pools.map(({ group }) => whyNoHome(pod, group) ?? "max node group size reached");
  const counts = [...new Set(reasons)].sort().map((each) => {
    return `${reasons.filter((other) => other === each).length} ${each}`;
  });
  return telling(pod, "NotTriggerScaleUp", `pod didn't trigger scale-up: ${counts.join(", ")}`);
}

function telling(pod: Frozen<Pod>, reason: string, message: string): Action {
  const about = { ...pod, apiVersion: "v1", kind: "Pod" };
  return { op: "tell", kind: podKind, object: pod, report: { about, type: "Normal", reason, message } };
}

/** Whether a pod waits because no node will have it. */
export function isUnschedulable({ spec, status, metadata }: Frozen<Pod>): boolean {
  if (spec.nodeName || metadata.deletionTimestamp !== undefined) return false;
  return status.conditions?.some(({ type, reason }) => type === "PodScheduled" && reason === "Unschedulable") === true;
}

/** In the order in which they came. */
export function byAge(a: Frozen<Pod>, b: Frozen<Pod>): number {
  const [left, right] = [a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? ""];
  return left === right ? (keyOf(a) < keyOf(b) ? -1 : 1) : left < right ? -1 : 1;
}
