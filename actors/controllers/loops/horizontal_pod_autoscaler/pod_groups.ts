import { getCondition } from "../../../api/conditions.ts";
import { parseTime } from "../../../api/time.ts";
import type { Frozen, Pod } from "../../../api/types.ts";

/** What one pod measures, in thousandths. */
export interface PodMetric {
  readonly value: number;
  readonly atMs: number;
  readonly windowMs: number;
}

/** By the pods' names. */
export type PodMetrics = ReadonlyMap<string, PodMetric>;

/** What the pods of a target are to its autoscaler. */
export interface PodGroups {
  readonly ready: number;
  /** They wait, or begin: what they measure says nothing. */
  readonly unready: ReadonlySet<string>;
  /** They run, and nothing is measured. */
  readonly missing: ReadonlySet<string>;
  /** They go, or have failed. */
  readonly ignored: ReadonlySet<string>;
}

/** In its first minutes a pod's processor is judged only once it is ready. */
const initializationMs = 300_000;
/** A pod that is not ready and has not been since so soon after its start has never been. */
const initialReadinessMs = 30_000;

/** Sorts pods out, as "Algorithm details" of Kubernetes' documentation of the autoscaler has it. */
export function groupPods(
  pods: readonly Frozen<Pod>[],
  { metrics, resource, nowMs }: { readonly metrics: PodMetrics; readonly resource: string; readonly nowMs: number },
): PodGroups {
  const unready = new Set<string>();
  const missing = new Set<string>();
  const ignored = new Set<string>();
  let ready = 0;
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const metric = metrics.get(name);
    if (deletionTimestamp !== undefined || pod.status.phase === "Failed") ignored.add(name);
    else if (pod.status.phase === "Pending") unready.add(name);
    else if (metric === undefined) missing.add(name);
    else if (resource === "cpu" && isBeginning(pod, metric, nowMs)) unready.add(name);
    else ready++;
  }
  return { ready, unready, missing, ignored };
}

function isBeginning({ status }: Frozen<Pod>, { atMs, windowMs }: PodMetric, nowMs: number): boolean {
  const ready = getCondition(status.conditions, "Ready");
  const startedMs = parseTime(status.startTime ?? "");
  if (ready === undefined || startedMs === undefined) return true;
  const changedMs = parseTime(ready.lastTransitionTime ?? "") ?? 0;
  const isUnready = ready.status === "False";
  if (startedMs + initializationMs > nowMs) return isUnready || atMs < changedMs + windowMs;
  return isUnready && startedMs + initialReadinessMs > changedMs;
}
