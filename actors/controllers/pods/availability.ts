import { getCondition } from "../../api/conditions.ts";
import { isPodReady } from "../../api/pod.ts";
import { elapsedMs } from "../../api/time.ts";
import type { Frozen, Pod } from "../../api/types.ts";

/** When the next of the pods that are ready will have been so for `minReadySeconds`; undefined when none is waited for. */
export function nextAvailabilityMs(
  pods: Iterable<Frozen<Pod>>,
  { minReadySeconds, nowMs }: { readonly minReadySeconds: number; readonly nowMs: number },
): number | undefined {
  if (minReadySeconds === 0) return undefined;
  let next: number | undefined;
  for (const each of pods) {
    if (!isPodReady(each)) continue;
    const since = getCondition(each.status.conditions, "Ready")?.lastTransitionTime;
    const leftMs = minReadySeconds * 1000 - elapsedMs(since, nowMs);
    if (leftMs > 0) next = Math.min(next ?? leftMs, leftMs);
  }
  return next;
}
