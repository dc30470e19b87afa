import { getCondition } from "../../../api/conditions.ts";
import { parseTime } from "../../../api/time.ts";
import type { Frozen, Pod } from "../../../api/types.ts";

const backoffFirstMs = 10_000;
const backoffMaxMs = 600_000;

/** What is remembered of a Job's failures, to wait longer after each before the next pod is made. */
export interface BackoffRecord {
  /** In a row: a success begins anew. */
  readonly failures: number;
  readonly lastFailureMs: number;
  /** The ended pods that it counts and the Job's status does not yet: they are met again, and count once. */
  readonly noted: ReadonlySet<string>;
}

const noFailures: BackoffRecord = { failures: 0, lastFailureMs: 0, noted: new Set() };

/** The record after pods have ended that the Job's status does not count yet. */
export function noteEnds(
  before: BackoffRecord = noFailures,
  { succeeded, failed }: { readonly succeeded: readonly Frozen<Pod>[]; readonly failed: readonly Frozen<Pod>[] },
): BackoffRecord {
  const uidOf = ({ metadata }: Frozen<Pod>) => metadata.uid ?? "";
  const isNew = (pod: Frozen<Pod>) => !before.noted.has(uidOf(pod));
  const noted = new Set([...succeeded, ...failed].map(uidOf));
  const successes = succeeded.filter(isNew).map(finishedMs);
  const failures = failed.filter(isNew).map(finishedMs);
  const lastSuccessMs = Math.max(...successes);
  const counted = failures.filter((atMs) => atMs > lastSuccessMs);
  const base = successes.length > 0 ? noFailures : before;
  if (counted.length === 0) return { ...base, noted };
  return { failures: base.failures + counted.length, lastFailureMs: Math.max(...counted), noted };
}

/** How much longer to wait after so many failures in a row, the last one at that time: 10 s, 20 s, ... up to 10 min. */
export function backoffLeftMs(failures: number, { lastFailureMs, nowMs }: { lastFailureMs: number; nowMs: number }) {
  if (failures === 0) return 0;
  const delayMs = Math.min(backoffFirstMs * 2 ** Math.min(failures - 1, 30), backoffMaxMs);
  return Math.max(0, delayMs - (nowMs - lastFailureMs));
}

/**
 * When a pod ended: when its last container did; or when it stopped being ready; or when it was told to end; else it
 * is not known, and when it was made stands for it.
 */
export function finishedMs(pod: Frozen<Pod>): number {
  const { metadata } = pod;
  const containers = containersFinishedMs(pod);
  if (containers !== undefined) return containers;
  const ready = getCondition(pod.status.conditions, "Ready");
  const unreadyMs = ready?.status === "False" ? parseTime(ready.lastTransitionTime ?? "") : undefined;
  if (unreadyMs !== undefined) return unreadyMs;
  const deletedMs = parseTime(metadata.deletionTimestamp ?? "");
  if (deletedMs !== undefined) return deletedMs - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return parseTime(metadata.creationTimestamp ?? "") ?? 0;
}

/** Sidecars end after the others; undefined while one has not ended. */
function containersFinishedMs({ spec, status }: Frozen<Pod>): number | undefined {
  const sidecars = new Set(spec.initContainers?.filter((each) => each.restartPolicy === "Always").map((c) => c.name));
  const all = [
    ...(status.containerStatuses ?? []),
    ...(status.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)),
  ];
  const times = all.map(({ state }) => parseTime(state?.terminated?.finishedAt ?? ""));
  return times.length === 0 || times.includes(undefined) ? undefined : Math.max(...(times as number[]));
}
