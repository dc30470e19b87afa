/**
 * What a disruption budget says of itself: how many of its pods may be evicted now, in numbers and as a condition.
 */
import type { Condition } from "kubernetes-types/meta/v1.js";
import { setCondition } from "./conditions.ts";
import type { PodDisruptionBudget } from "./kinds/pod_disruption_budget.ts";
import { matchesLabelSelector } from "./label_selector.ts";
import type { Frozen, Pod } from "./types.ts";

/** Its `DisruptionAllowed`, as its numbers have it. */
export type DisruptionBudgetStatus = PodDisruptionBudget["status"];

/** A pod whose eviction was granted is taken to live on if it is not being deleted so long after. */
export const evictionMsMax = 120_000;

/** Whether a budget counts a pod; one without a selector counts none, an empty selector all of the namespace. */
export function budgetCounts({ metadata, spec }: Frozen<PodDisruptionBudget>, pod: Frozen<Pod>): boolean {
  if (metadata.namespace !== pod.metadata.namespace || spec.selector === undefined) return false;
  return matchesLabelSelector(spec.selector, pod.metadata.labels);
}

/** The status with its condition `DisruptionAllowed` as its numbers are: `SufficientPods` or `InsufficientPods`. */
export function withDisruptionAllowed(status: Frozen<DisruptionBudgetStatus>, nowMs: number): DisruptionBudgetStatus {
  const isAllowed = status.disruptionsAllowed > 0;
  return withCondition(status, nowMs, {
    status: isAllowed ? "True" : "False",
    reason: isAllowed ? "SufficientPods" : "InsufficientPods",
    message: "",
  });
}

/** The status of a budget whose numbers could not be found out: nothing may be evicted. */
export function withSyncFailed(
  status: Frozen<DisruptionBudgetStatus>,
  nowMs: number,
  message: string,
): DisruptionBudgetStatus {
  const closed = { ...status, disruptionsAllowed: 0 };
  return withCondition(closed, nowMs, { status: "False", reason: "SyncFailed", message });
}

function withCondition(
  status: Frozen<DisruptionBudgetStatus>,
  nowMs: number,
  said: Pick<Condition, "status" | "reason" | "message">,
): DisruptionBudgetStatus {
  const { observedGeneration } = status;
  const condition = {
    type: "DisruptionAllowed",
    ...(observedGeneration !== undefined && { observedGeneration }),
    ...said,
  } as Condition;
  const before = status.conditions as readonly Condition[] | undefined;
  const conditions = [...setCondition(before, { condition, nowMs })];
  return { ...(status as DisruptionBudgetStatus), conditions };
}
