import type { Frozen, Pod } from "../../../api/types.ts";
import { podsToGiveUp } from "../../pods/pod_ranking.ts";
import { backoffLeftMs, finishedMs } from "./backoff.ts";
import { joinIndexes, missingIndexes } from "./index_set.ts";
import {
  completionIndex,
  hasValidIndex,
  ignoredIndexFailures,
  indexFailures,
  isIndexed,
  replacesOnlyEnded,
} from "./job_pods.ts";
import { type IndexState, indexesOf, type JobState } from "./job_state.ts";

/** More pods than this are not created or deleted in one turn. */
const podsPerTurnMax = 500;

/** Which pods a Job gives up or makes; never both at once. */
export interface Sizing {
  readonly remove: readonly Frozen<Pod>[];
  /** The pods to make: their indexes; `undefined` for each that has none. */
  readonly create: readonly (number | undefined)[];
  /** Failures are waited out before more pods are made. */
  readonly waitMs?: number;
}

const nothing: Sizing = { remove: [], create: [] };

/** Decides which pods a Job that goes on gives up or makes. */
export function decideSizing(state: JobState, nowMs: number): Sizing {
  const { job, active } = state;
  if (job.spec.suspend === true) return { ...nothing, remove: active };
  const wanted = wantedActive(state);
  const remove = podsTooMany(state, { count: Math.max(0, active.length - wanted), nowMs });
  if (remove.length > 0) return { ...nothing, remove: remove.slice(0, podsPerTurnMax) };
  const waitedFor = replacesOnlyEnded(job) ? state.terminating.length : 0;
  const missing = wanted - waitedFor - active.length;
  if (missing <= 0) return nothing;
  const count = Math.min(missing, podsPerTurnMax);
  if (state.indexes?.failed !== undefined) return sizingPerIndex(state, { indexes: state.indexes, count, nowMs });
  const { failures, lastFailureMs } = state.backoff;
  const waitMs = backoffLeftMs(failures, { lastFailureMs, nowMs });
  if (waitMs > 0) return { ...nothing, waitMs };
  if (state.indexes) return { ...nothing, create: pendingIndexes(state, { indexes: state.indexes, count }) };
  return { ...nothing, create: Array.from({ length: count }, () => undefined) };
}

/** Without a number of completions the first success is the last pod that is made. */
function wantedActive({ job, active, succeeded }: JobState): number {
  const { completions, parallelism = 1 } = job.spec;
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

interface Creation {
  readonly indexes: IndexState;
  readonly count: number;
}

/** Each index waits for itself. */
function sizingPerIndex(state: JobState, { indexes, count, nowMs }: Creation & { readonly nowMs: number }): Sizing {
  const create: number[] = [];
  let waitMs = Number.POSITIVE_INFINITY;
  for (const index of pendingIndexes(state, { indexes, count })) {
    const before = indexes.kept.get(index);
    const leftMs = before ? indexBackoffLeftMs(before, nowMs) : 0;
    if (leftMs === 0) create.push(index);
    else waitMs = Math.min(waitMs, leftMs);
  }
  return { ...nothing, create, ...(Number.isFinite(waitMs) && { waitMs }) };
}

function indexBackoffLeftMs(pod: Frozen<Pod>, nowMs: number): number {
  const failures = indexFailures(pod) + ignoredIndexFailures(pod) + 1;
  return backoffLeftMs(failures, { lastFailureMs: finishedMs(pod), nowMs });
}

function pendingIndexes({ job, active, terminating }: JobState, { indexes, count }: Creation): number[] {
  const { succeeded, failed = [] } = indexes;
  const taken = indexesOf(replacesOnlyEnded(job) ? [...active, ...terminating] : active);
  const settled = joinIndexes(joinIndexes(succeeded, failed), taken);
  return missingIndexes(settled, { completions: job.spec.completions ?? 0, count });
}

/** Of pods with the same index one stays, of pods with none that the Job has nothing does; then the least worth go. */
function podsTooMany({ job, active }: JobState, { count, nowMs }: { count: number; nowMs: number }): Frozen<Pod>[] {
  const worstFirst = (pods: readonly Frozen<Pod>[]) => podsToGiveUp(pods, { related: [], nowMs });
  if (!isIndexed(job)) return count === 0 ? [] : worstFirst(active).slice(0, count);
  const best = new Map<number, Frozen<Pod>>();
  const isValid = active.every((pod) => hasValidIndex(pod, job));
  const isUnique = isValid && new Set(active.map(completionIndex)).size === active.length;
  if (count === 0 && isUnique) return [];
  const ranked = worstFirst(active);
  for (const pod of ranked) if (hasValidIndex(pod, job)) best.set(completionIndex(pod) as number, pod);
  const kept = new Set(best.values());
  const surplus = ranked.filter((pod) => !kept.has(pod));
  const others = ranked.filter((pod) => kept.has(pod));
  return [...surplus, ...others.slice(0, Math.max(0, count - surplus.length))];
}
