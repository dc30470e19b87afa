import { getCondition } from "../../../api/conditions.ts";
import { formatTime, parseTime } from "../../../api/time.ts";
import type { Deployment, DeploymentCondition, DeploymentStatus, Frozen } from "../../../api/types.ts";

/** The numbers of a Deployment's status; JSON leaves out zeros. */
export interface Counts {
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
}

type Conditions = readonly Frozen<DeploymentCondition>[];

/** The numbers that a status says. */
export function countsOf(status: Frozen<DeploymentStatus>): Counts {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  return { replicas, updatedReplicas, readyReplicas, availableReplicas };
}

/** A condition that begins now. */
export function newCondition(
  nowMs: number,
  condition: Omit<DeploymentCondition, "lastUpdateTime" | "lastTransitionTime">,
): DeploymentCondition {
  const now = formatTime(nowMs);
  const { type, status, reason = "", message = "" } = condition;
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
}

/** The conditions with this one; one of the same status and reason stays as it is, times and words included. */
export function withCondition(conditions: Conditions, condition: Frozen<DeploymentCondition>): Conditions {
  const before = getCondition(conditions, condition.type);
  if (before?.status === condition.status && before.reason === condition.reason) return conditions;
  const kept = before?.status === condition.status ? before.lastTransitionTime : undefined;
  const after = kept === undefined ? condition : { ...condition, lastTransitionTime: kept };
  return [...conditions.filter(({ type }) => type !== condition.type), after];
}

/** The deadline for progress; undefined when there is none. */
export function progressDeadlineMs({ spec }: Frozen<Deployment>): number | undefined {
  const seconds = spec.progressDeadlineSeconds;
  return seconds === undefined || seconds === 2_147_483_647 ? undefined : seconds * 1000;
}

/** Whether all pods are new and available, and no old ones are left. */
export function isComplete(deployment: Frozen<Deployment>, counts: Counts): boolean {
  const desired = deployment.spec.replicas ?? 1;
  const { replicas, updatedReplicas, availableReplicas } = counts;
  return updatedReplicas === desired && replicas === desired && availableReplicas === desired;
}

function isProgressing(before: Counts, after: Counts): boolean {
  const oldBefore = before.replicas - before.updatedReplicas;
  const oldAfter = after.replicas - after.updatedReplicas;
  return (
    after.updatedReplicas > before.updatedReplicas ||
    oldAfter < oldBefore ||
    after.readyReplicas > before.readyReplicas ||
    after.availableReplicas > before.availableReplicas
  );
}

function hasTimedOut(conditions: Conditions, deadlineMs: number, nowMs: number): boolean {
  const condition = getCondition(conditions, "Progressing");
  if (!condition || condition.reason === "NewReplicaSetAvailable") return false;
  if (condition.reason === "ProgressDeadlineExceeded") return true;
  return (parseTime(condition.lastUpdateTime ?? "") ?? nowMs) + deadlineMs < nowMs;
}

/** What the condition Progressing is judged by. */
export interface Progress {
  readonly deployment: Frozen<Deployment>;
  readonly conditions: Conditions;
  readonly counts: Counts;
  /** The newest ReplicaSet's name, when there is one. */
  readonly newSet: string | undefined;
  readonly nowMs: number;
}

/** The conditions with what is to be said of the rollout's progress. */
export function withProgress({ deployment, conditions, counts, newSet, nowMs }: Progress): Conditions {
  const deadlineMs = progressDeadlineMs(deployment);
  if (deadlineMs === undefined) return conditions.filter(({ type }) => type !== "Progressing");
  const current = getCondition(conditions, "Progressing");
  const isDone = counts.replicas === counts.updatedReplicas && current?.reason === "NewReplicaSetAvailable";
  if (isDone) return conditions;
  const what = newSet === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newSet}"`;
  const say = (status: string, reason: string, words: string) =>
    newCondition(nowMs, { type: "Progressing", status, reason, message: `${what} ${words}` });
  if (isComplete(deployment, counts)) {
    return withCondition(conditions, say("True", "NewReplicaSetAvailable", "has successfully progressed."));
  }
  if (isProgressing(countsOf(deployment.status), counts)) {
    const fresh = say("True", "ReplicaSetUpdated", "is progressing.");
    const since = current?.status === "True" ? current.lastTransitionTime : undefined;
    const others = conditions.filter(({ type }) => type !== "Progressing");
    return [...others, since === undefined ? fresh : { ...fresh, lastTransitionTime: since }];
  }
  if (hasTimedOut(conditions, deadlineMs, nowMs)) {
    return withCondition(conditions, say("False", "ProgressDeadlineExceeded", "has timed out progressing."));
  }
  return conditions;
}

/** How long until the deadline for progress has to be looked at; undefined when it need not be. */
export function progressCheckMs(
  deployment: Frozen<Deployment>,
  conditions: Conditions,
  counts: Counts & { nowMs: number },
) {
  const deadlineMs = progressDeadlineMs(deployment);
  const current = getCondition(conditions, "Progressing");
  if (deadlineMs === undefined || !current || isComplete(deployment, counts)) return undefined;
  if (current.reason === "ProgressDeadlineExceeded" || current.reason === "NewReplicaSetAvailable") return undefined;
  const since = parseTime(current.lastUpdateTime ?? "") ?? counts.nowMs;
  return Math.max(0, since + deadlineMs - counts.nowMs) + 1_000;
}

/** The condition Available: whether as many pods are available as the strategy demands. */
export function availability(isEnough: boolean, nowMs: number): DeploymentCondition {
  return isEnough
    ? newCondition(nowMs, {
        type: "Available",
        status: "True",
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      })
    : newCondition(nowMs, {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      });
}

/** The conditions with the start or the end of a pause, which stops the clock of the deadline for progress. */
export function withPause(deployment: Frozen<Deployment>, conditions: Conditions, nowMs: number): Conditions {
  if (progressDeadlineMs(deployment) === undefined) return conditions;
  const current = getCondition(conditions, "Progressing");
  if (current?.reason === "ProgressDeadlineExceeded") return conditions;
  const isPaused = deployment.spec.paused === true;
  const wasPaused = current?.reason === "DeploymentPaused";
  if (isPaused === wasPaused) return conditions;
  const [reason, message] = isPaused
    ? ["DeploymentPaused", "Deployment is paused"]
    : ["DeploymentResumed", "Deployment is resumed"];
  return withCondition(conditions, newCondition(nowMs, { type: "Progressing", status: "Unknown", reason, message }));
}
