import type { Job } from "../../../api/kinds/job.ts";
import { isPodActive } from "../../../api/pod.ts";
import type { Frozen, Pod } from "../../../api/types.ts";
import { type BackoffRecord, finishedMs, noteEnds } from "./backoff.ts";
import { failsIndex, judgeFailure } from "./failure_policy.ts";
import { countIndexes, hasIndex, type IndexSet, indexSetOf, joinIndexes, parseIndexes } from "./index_set.ts";
import {
  completionIndex,
  hasValidIndex,
  ignoredIndexFailures,
  indexFailures,
  isIndexed,
  isPodFailed,
  isTerminating,
  isTracked,
} from "./job_pods.ts";

/** How the indexes of an Indexed Job stand. */
export interface IndexState {
  readonly succeeded: IndexSet;
  /** Only where each index has a limit of its own. */
  readonly failed: IndexSet | undefined;
  /** The pods that failed last in their index and are kept until their successor has taken over their count. */
  readonly kept: ReadonlyMap<number, Frozen<Pod>>;
}

/** A Job and its pods as a turn finds them. */
export interface JobState {
  readonly job: Frozen<Job>;
  readonly pods: readonly Frozen<Pod>[];
  /** Those that have not ended and are not being deleted. */
  readonly active: readonly Frozen<Pod>[];
  /** Those that are being deleted and have not ended. */
  readonly terminating: readonly Frozen<Pod>[];
  /** Including those that its status does not count yet. */
  readonly succeeded: number;
  /** The same; without those that a rule ignores. */
  readonly failed: number;
  readonly indexes: IndexState | undefined;
  readonly backoff: BackoffRecord;
}

/** Works out how a Job stands. */
export function jobState(
  job: Frozen<Job>,
  { pods, backoff }: { readonly pods: readonly Frozen<Pod>[]; readonly backoff: BackoffRecord | undefined },
): JobState {
  const { status } = job;
  const uncounted = { succeeded: [], failed: [], ...status.uncountedTerminatedPods };
  const known = new Set([...uncounted.succeeded, ...uncounted.failed]);
  const fresh = pods.filter((pod) => isTracked(pod) && hasValidIndex(pod, job) && !known.has(pod.metadata.uid ?? ""));
  const succeeded = fresh.filter((pod) => pod.status.phase === "Succeeded");
  const failed = fresh.filter((pod) => isPodFailed(pod, job));
  const counting = failed.filter((pod) => judgeFailure(job, pod).counts);
  const active = pods.filter(isPodActive);
  const indexes = isIndexed(job) ? indexState(job, { pods, active }) : undefined;
  return {
    job,
    pods,
    active,
    terminating: pods.filter(isTerminating),
    succeeded: indexes
      ? countIndexes(indexes.succeeded)
      : (status.succeeded ?? 0) + succeeded.length + uncounted.succeeded.length,
    failed: (status.failed ?? 0) + counting.length + uncounted.failed.length,
    indexes,
    backoff: noteEnds(backoff, { succeeded, failed }),
  };
}

interface Pods {
  readonly pods: readonly Frozen<Pod>[];
  readonly active: readonly Frozen<Pod>[];
}

function indexState(job: Frozen<Job>, { pods, active }: Pods): IndexState {
  const { completions = 0, backoffLimitPerIndex } = job.spec;
  const { completedIndexes = "", failedIndexes = "" } = job.status;
  const tracked = pods.filter((pod) => isTracked(pod) && hasValidIndex(pod, job));
  const newlySucceeded = tracked.filter(({ status }) => status.phase === "Succeeded");
  const succeeded = joinIndexes(parseIndexes(completedIndexes, completions), indexesOf(newlySucceeded));
  if (backoffLimitPerIndex === undefined) return { succeeded, failed: undefined, kept: new Map() };
  const newlyFailed = tracked.filter((pod) => failsIndex(job, pod));
  const failed = joinIndexes(parseIndexes(failedIndexes, completions), indexesOf(newlyFailed));
  const settled = joinIndexes(joinIndexes(succeeded, failed), indexesOf(active));
  const open = tracked.filter(
    (pod) => isPodFailed(pod, job) && !hasIndex(settled, completionIndex(pod) ?? Number.POSITIVE_INFINITY),
  );
  return { succeeded, failed, kept: lastOfEachIndex(open) };
}

/** The indexes that some pods have. */
export function indexesOf(pods: readonly Frozen<Pod>[]): IndexSet {
  return indexSetOf(new Set(pods.map(completionIndex).filter((index) => index !== undefined)));
}

function lastOfEachIndex(pods: readonly Frozen<Pod>[]): Map<number, Frozen<Pod>> {
  const last = new Map<number, Frozen<Pod>>();
  const failures = (pod: Frozen<Pod>) => indexFailures(pod) + ignoredIndexFailures(pod);
  for (const pod of pods) {
    const index = completionIndex(pod) as number;
    const before = last.get(index);
    const isLater = !before || (failures(before) <= failures(pod) && finishedMs(pod) >= finishedMs(before));
    if (isLater) last.set(index, pod);
  }
  return last;
}
