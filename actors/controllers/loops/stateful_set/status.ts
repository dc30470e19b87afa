import { type StatefulSet, statefulSet } from "../../../api/kinds/stateful_set.ts";
import { type Frozen, jsonEqual, type Pod } from "../../../api/types.ts";
import type { Action } from "../../plan.ts";
import { isGoing, isRunningAndAvailable, isRunningAndReady, type Readiness, revisionOf } from "./identity.ts";

type Status = StatefulSet["status"];

/** What a status is counted from. */
export interface Counted extends Readiness {
  readonly pods: readonly Frozen<Pod>[];
  readonly currentRevision: string;
  readonly updateRevision: string;
}

/** Counts the pods; an update that is complete makes its revision the current one. */
export function statusOf(set: Frozen<StatefulSet>, counted: Counted): Status {
  const { pods, currentRevision, updateRevision } = counted;
  const kept = pods.filter((pod) => !isGoing(pod));
  const count = (some: readonly Frozen<Pod>[], matches: (pod: Frozen<Pod>) => boolean) => some.filter(matches).length;
  const replicas = pods.length;
  const ready = count(pods, isRunningAndReady);
  const updated = count(kept, (pod) => revisionOf(pod) === updateRevision);
  const rolls = set.spec.updateStrategy?.type === "RollingUpdate";
  const isComplete = rolls && updated === replicas && ready === replicas;
  const current = isComplete ? updated : count(kept, (pod) => revisionOf(pod) === currentRevision);
  const { generation = 0 } = set.metadata;
  return {
    // As the API's JSON has it, some are left out when they are zero.
    ...(generation > 0 && { observedGeneration: generation }),
    replicas,
    ...(ready > 0 && { readyReplicas: ready }),
    ...(current > 0 && { currentReplicas: current }),
    ...(updated > 0 && { updatedReplicas: updated }),
    currentRevision: isComplete ? updateRevision : currentRevision,
    updateRevision,
    collisionCount: set.status.collisionCount ?? 0,
    availableReplicas: count(pods, (pod) => isRunningAndAvailable(pod, counted)),
  };
}

/** Writes a status, if it says anything new. Conditions are others': they stay until then, as in Kubernetes. */
export function statusWrite(set: Frozen<StatefulSet>, status: Status): Action[] {
  const { conditions, ...before } = set.status;
  if (jsonEqual(before, status)) return [];
  const object = { ...set, status } as Frozen<StatefulSet>;
  return [{ op: "update", kind: statefulSet, object, subresource: "status" }];
}
