import type { Job } from "../../../api/kinds/job.ts";
import { isPodTerminated } from "../../../api/pod.ts";
import type { Frozen, Pod } from "../../../api/types.ts";

/** Keeps a pod that has ended from going before its Job has counted it. */
export const trackingFinalizer = "batch.kubernetes.io/job-tracking";
export const indexAnnotation = "batch.kubernetes.io/job-completion-index";
export const failureCountAnnotation = "batch.kubernetes.io/job-index-failure-count";
export const ignoredFailureCountAnnotation = "batch.kubernetes.io/job-index-ignored-failure-count";

const int32Max = 2 ** 31 - 1;

/** Whether a pod has yet to be counted. */
export function isTracked({ metadata }: Frozen<Pod>): boolean {
  return metadata.finalizers?.includes(trackingFinalizer) === true;
}

/** Whether a pod is being deleted and has not ended. */
export function isTerminating(pod: Frozen<Pod>): boolean {
  return pod.metadata.deletionTimestamp !== undefined && !isPodTerminated(pod);
}

export function isIndexed({ spec }: Frozen<Job>): boolean {
  return spec.completionMode === "Indexed";
}

/** Whether a pod that is being deleted is replaced only once it has ended. */
export function replacesOnlyEnded({ spec }: Frozen<Job>): boolean {
  return spec.podReplacementPolicy === "Failed" || spec.podFailurePolicy !== undefined;
}

/** Whether a pod counts as failed: one that is being deleted may never get to say so itself. */
export function isPodFailed(pod: Frozen<Pod>, job: Frozen<Job>): boolean {
  if (pod.status.phase === "Failed") return true;
  return !replacesOnlyEnded(job) && pod.metadata.deletionTimestamp !== undefined && pod.status.phase !== "Succeeded";
}

/** The index that a pod works on; undefined when it has none, or none that an Indexed Job can have. */
export function completionIndex(pod: Frozen<Pod>): number | undefined {
  const text = pod.metadata.annotations?.[indexAnnotation] ?? "";
  return /^\+?\d+$/.test(text) ? Number(text) : undefined;
}

/** Whether a pod has an index that its Job has; pods of a Job without indexes need none. */
export function hasValidIndex(pod: Frozen<Pod>, job: Frozen<Job>): boolean {
  if (!isIndexed(job)) return true;
  const index = completionIndex(pod);
  return index !== undefined && index < (job.spec.completions ?? 0);
}

/** How often the index of a pod had failed before it, without those failures that a rule ignores. */
export function indexFailures(pod: Frozen<Pod>): number {
  return countIn(pod, failureCountAnnotation);
}

/** How often the index of a pod had failed before it by failures that a rule ignores. */
export function ignoredIndexFailures(pod: Frozen<Pod>): number {
  return countIn(pod, ignoredFailureCountAnnotation);
}

function countIn({ metadata }: Frozen<Pod>, annotation: string): number {
  const text = metadata.annotations?.[annotation] ?? "";
  const count = /^\+?\d+$/.test(text) ? Number(text) : 0;
  return count > int32Max ? 0 : count;
}
