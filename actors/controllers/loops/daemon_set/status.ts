import { type DaemonSet, daemonSet } from "../../../api/kinds/daemon_set.ts";
import { isPodAvailable, isPodReady } from "../../../api/pod.ts";
import { type Frozen, jsonEqual } from "../../../api/types.ts";
import type { Action } from "../../plan.ts";
import { byWorth, isUpdated } from "./pod.ts";
import type { NodePods } from "./rolling.ts";

type Status = DaemonSet["status"];

/** What a status is counted from. */
export interface Counted {
  readonly hash: string;
  readonly nodes: readonly NodePods[];
  /** The generation of the spec that was acted upon. */
  readonly observedGeneration: number;
  readonly nowMs: number;
}

/** Counts nodes, not pods: of several daemons of a node the one that is kept counts. */
export function statusOf(set: Frozen<DaemonSet>, { hash, nodes, observedGeneration, nowMs }: Counted): Status {
  const { minReadySeconds = 0 } = set.spec;
  const counts = { current: 0, misscheduled: 0, desired: 0, ready: 0, updated: 0, available: 0 };
  for (const { placement, pods } of nodes) {
    if (placement === undefined) continue;
    if (!placement.shouldRun) {
      if (pods.length > 0) counts.misscheduled++;
      continue;
    }
    counts.desired++;
    const [pod] = pods.toSorted(byWorth);
    if (pod === undefined) continue;
    counts.current++;
    if (isPodReady(pod)) counts.ready++;
    if (isPodAvailable(pod, { minReadySeconds, nowMs })) counts.available++;
    if (isUpdated(set, pod, hash)) counts.updated++;
  }
  const { collisionCount, conditions } = set.status as Status;
  return {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    // As the API's JSON has it, the others are left out when they are zero.
    ...(observedGeneration > 0 && { observedGeneration }),
    ...(counts.updated > 0 && { updatedNumberScheduled: counts.updated }),
    ...(counts.available > 0 && { numberAvailable: counts.available }),
    ...(counts.desired > counts.available && { numberUnavailable: counts.desired - counts.available }),
    ...(collisionCount !== undefined && { collisionCount }),
    ...(conditions && { conditions }),
  };
}

/** Writes a status, if it says anything new. */
export function statusWrite(set: Frozen<DaemonSet>, status: Status): Action[] {
  if (jsonEqual(set.status, status)) return [];
  const object = { ...set, status } as Frozen<DaemonSet>;
  return [{ op: "update", kind: daemonSet, object, subresource: "status" }];
}
