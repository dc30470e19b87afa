import type { DaemonSet } from "../../../api/kinds/daemon_set.ts";
import { isPodAvailable } from "../../../api/pod.ts";
import type { Frozen, Pod } from "../../../api/types.ts";
import type { Placement } from "./placement.ts";
import { isUpdated } from "./pod.ts";

/** How many nodes may be without, or have two, while a DaemonSet is updated. */
export interface Bounds {
  readonly unavailable: number;
  readonly surge: number;
}

/** The bounds for so many nodes; percentages are rounded up, and both zero would never end. */
export function boundsOf({ spec }: Frozen<DaemonSet>, nodes: number): Bounds {
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  if (type !== "RollingUpdate") return { unavailable: 0, surge: 0 };
  const unavailable = scaled(rollingUpdate?.maxUnavailable ?? 1, nodes);
  const surge = scaled(rollingUpdate?.maxSurge ?? 0, nodes);
  return nodes > 0 && unavailable === 0 && surge === 0 ? { unavailable: 1, surge } : { unavailable, surge };
}

/** Whether a node may have a new daemon beside the old one. */
export function surges({ spec }: Frozen<DaemonSet>): boolean {
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  return type === "RollingUpdate" && scaled(rollingUpdate?.maxSurge ?? 0, 100) > 0;
}

function scaled(value: number | string, nodes: number): number {
  return typeof value === "number" ? value : Math.ceil((Number.parseInt(value, 10) * nodes) / 100);
}

/** A node and its daemons. */
export interface NodePods {
  readonly node: string;
  /** Undefined where there is no such node any more. */
  readonly placement: Placement | undefined;
  readonly pods: readonly Frozen<Pod>[];
}

/** What an update is decided by. */
export interface Rollout {
  readonly set: Frozen<DaemonSet>;
  readonly hash: string;
  /** Each node that should run a daemon, or has one. */
  readonly nodes: readonly NodePods[];
  readonly nowMs: number;
}

/** The steps of an update that the bounds allow now. */
export interface RolloutStep {
  readonly create: readonly string[];
  readonly remove: readonly Frozen<Pod>[];
}

interface Pair {
  readonly updated: Frozen<Pod> | undefined;
  readonly old: Frozen<Pod> | undefined;
}

/**
 * Takes an update one step on. Without surge, old daemons that are not available are given up at once, and of the
 * others as many as leave no more than maxUnavailable nodes without a new one; the next turn makes the new ones. With
 * surge, new daemons are made beside old ones, and the old ones go when the new ones are available.
 */
export function rollOut(rollout: Rollout): RolloutStep {
  const desired = rollout.nodes.filter(({ placement }) => placement?.shouldRun).length;
  const bounds = boundsOf(rollout.set, desired);
  return bounds.surge === 0
    ? replaceWithin(rollout, bounds.unavailable)
    : surgeWithin(rollout, { surge: bounds.surge, desired });
}

function replaceWithin({ set, hash, nodes, nowMs }: Rollout, unavailableMax: number): RolloutStep {
  const available = availability(set, nowMs);
  const [broken, candidates]: Frozen<Pod>[][] = [[], []];
  let unavailable = 0;
  for (const { pods } of nodes) {
    const pair = pairOn(pods, { set, hash });
    const isOne = pair !== undefined && (pair.updated === undefined) !== (pair.old === undefined);
    if (!isOne) unavailable++;
    else if (pair.updated) {
      if (!available(pair.updated)) unavailable++;
    } else if (pair.old) (available(pair.old) ? candidates : broken)?.push(pair.old);
  }
  const allowed = Math.max(0, unavailableMax - unavailable);
  return { create: [], remove: [...(broken ?? []), ...(candidates ?? []).slice(0, allowed)] };
}

function surgeWithin(
  { set, hash, nodes, nowMs }: Rollout,
  { surge, desired }: { readonly surge: number; readonly desired: number },
): RolloutStep {
  const available = availability(set, nowMs);
  const remove: Frozen<Pod>[] = [];
  const unwanted: Frozen<Pod>[] = [];
  const atOnce: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  let availableNodes = 0;
  for (const { node, placement, pods } of nodes) {
    const pair = pairOn(pods, { set, hash });
    if (pair === undefined) {
      surging++;
      continue;
    }
    const { updated, old } = pair;
    const counted = old ?? updated;
    if (counted && available(counted)) availableNodes++;
    if (!old) continue;
    if (updated) {
      if (available(updated)) remove.push(old);
      else surging++;
    } else if (placement?.shouldRun) (available(old) ? candidates : atOnce).push(node);
    else (available(old) ? unwanted : remove).push(old);
  }
  // Where nodes are exchanged, those that are not wanted any more keep theirs until others are available.
  const spare = Math.max(0, availableNodes - desired);
  return {
    create: [...atOnce, ...candidates.slice(0, Math.max(0, surge - surging))],
    remove: [...remove, ...unwanted.slice(0, spare)],
  };
}

function availability({ spec }: Frozen<DaemonSet>, nowMs: number) {
  const { minReadySeconds = 0 } = spec;
  return (pod: Frozen<Pod>) => isPodAvailable(pod, { minReadySeconds, nowMs });
}

/** The one new and the one old daemon of a node; undefined when there are more, which are to be sorted out first. */
function pairOn(
  pods: readonly Frozen<Pod>[],
  { set, hash }: { readonly set: Frozen<DaemonSet>; readonly hash: string },
): Pair | undefined {
  const kept = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const [updated, ...moreUpdated] = kept.filter((pod) => isUpdated(set, pod, hash));
  const [old, ...moreOld] = kept.filter((pod) => !isUpdated(set, pod, hash));
  return moreUpdated.length > 0 || moreOld.length > 0 ? undefined : { updated, old };
}
