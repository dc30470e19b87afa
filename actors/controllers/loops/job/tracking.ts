import type { Job } from "../../../api/kinds/job.ts";
import type { Frozen, Pod } from "../../../api/types.ts";
import type { Ending } from "./ending.ts";
import { judgeFailure } from "./failure_policy.ts";
import { countIndexes, formatIndexes } from "./index_set.ts";
import { completionIndex, hasValidIndex, isIndexed, isPodFailed, isTracked } from "./job_pods.ts";
import type { JobState } from "./job_state.ts";

/** So many pods are on their way into the counters at a time: their uids are in the Job's status. */
const uncountedMax = 500;

/** What a Job's status says of the pods that have ended, and which pods may go once it says so. */
export interface Tracking {
  readonly succeeded: number;
  readonly failed: number;
  readonly uncounted: { readonly succeeded: readonly string[]; readonly failed: readonly string[] };
  readonly completedIndexes: string;
  readonly failedIndexes: string | undefined;
  /** Pods whose finalizer is taken off after the status is written. */
  readonly release: readonly Frozen<Pod>[];
}

/**
 * Counts the pods that have ended, each once, whatever crashes when: first the status notes the uid, then the pod's
 * finalizer goes, and only when that is seen the uid becomes part of a counter. (An index that succeeded needs no
 * uid: it is a set's member once.)
 */
export function track(state: JobState, ending: Ending | undefined): Tracking {
  const { job, pods, indexes } = state;
  const tracked = pods.filter(isTracked).sort(byIndex(job));
  const counted = countReleased(job, new Set(tracked.map(({ metadata }) => metadata.uid ?? "")));
  const succeeded = [...counted.uncounted.succeeded];
  const failed = [...counted.uncounted.failed];
  const release: Frozen<Pod>[] = [];
  let newIndexes = 0;
  for (const pod of tracked) {
    if (newIndexes + succeeded.length + failed.length >= uncountedMax) break;
    if (!mayGo(state, { pod, ending })) continue;
    release.push(pod);
    const uid = pod.metadata.uid ?? "";
    const outcome = failed.includes(uid) ? undefined : outcomeOf(job, { pod, ending });
    if (outcome === "failed") failed.push(uid);
    else if (outcome === "succeeded" && indexes) newIndexes++;
    else if (outcome === "succeeded" && !succeeded.includes(uid)) succeeded.push(uid);
  }
  return {
    succeeded: indexes ? countIndexes(indexes.succeeded) : counted.succeeded,
    failed: counted.failed,
    uncounted: { succeeded, failed },
    completedIndexes: indexes ? formatIndexes(indexes.succeeded) : "",
    failedIndexes: indexes?.failed && formatIndexes(indexes.failed),
    release,
  };
}

function byIndex(job: Frozen<Job>) {
  if (!isIndexed(job)) return () => 0;
  return (a: Frozen<Pod>, b: Frozen<Pod>) => (completionIndex(a) ?? -1) - (completionIndex(b) ?? -1);
}

/** Moves the uids of pods that have lost their finalizer from the lists into the counters. */
function countReleased({ status }: Frozen<Job>, tracked: ReadonlySet<string>) {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const uncounted = {
    succeeded: succeeded.filter((uid) => tracked.has(uid)),
    failed: failed.filter((uid) => tracked.has(uid)),
  };
  return {
    uncounted,
    succeeded: (status.succeeded ?? 0) + succeeded.length - uncounted.succeeded.length,
    failed: (status.failed ?? 0) + failed.length - uncounted.failed.length,
  };
}

interface PodAtEnding {
  readonly pod: Frozen<Pod>;
  readonly ending: Ending | undefined;
}

/** Whether a pod needs its finalizer no longer; the last failure of an index waits for the pod that replaces it. */
function mayGo({ job, indexes }: JobState, { pod, ending }: PodAtEnding): boolean {
  if (job.metadata.deletionTimestamp !== undefined || ending || pod.status.phase === "Succeeded") return true;
  if (!isPodFailed(pod, job)) return false;
  const index = completionIndex(pod);
  return index === undefined || indexes?.kept.get(index)?.metadata.uid !== pod.metadata.uid;
}

/** As what a pod counts. When a Job fails, so does every pod that still runs. */
function outcomeOf(job: Frozen<Job>, { pod, ending }: PodAtEnding): "succeeded" | "failed" | undefined {
  if (!hasValidIndex(pod, job)) return undefined;
  if (pod.status.phase === "Succeeded") return "succeeded";
  if (!isPodFailed(pod, job) && ending?.as !== "Failed") return undefined;
  return judgeFailure(job, pod).counts ? "failed" : undefined;
}
