/**
 * Conditions: a list of observations by type, each with the time at which its status last changed.
 */
import { formatTime } from "./time.ts";

/** What all conditions have; each kind's have a few fields more. */
export interface ConditionLike {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** The condition of a type, if there is one. */
export function getCondition<T extends { readonly type: string }>(
  conditions: readonly T[] | undefined,
  type: string,
): T | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** One condition as it is to be told of who has these: its transition time is kept while its status is, else `nowMs`. */
export function conditionNow<T extends ConditionLike>(
  conditions: readonly T[] | undefined,
  { condition, nowMs }: { readonly condition: T; readonly nowMs: number },
): T {
  const before = getCondition(conditions, condition.type);
  const kept = before?.status === condition.status ? before.lastTransitionTime : undefined;
  return { ...condition, lastTransitionTime: kept ?? formatTime(nowMs) };
}

/** The conditions with one set, as `conditionNow` has it. The same array is given back if nothing changes. */
export function setCondition<T extends ConditionLike>(
  conditions: readonly T[] | undefined,
  options: { condition: T; nowMs: number },
): readonly T[] {
  const before = getCondition(conditions, options.condition.type);
  const after: T = { ...before, ...conditionNow(conditions, options) };
  if (conditions === undefined || before === undefined) return [...(conditions ?? []), after];
  const same = Object.keys(after).every((key) => after[key as keyof T] === before[key as keyof T]);
  return same ? conditions : conditions.map((each) => (each === before ? after : each));
}

/** The conditions without those of a type. */
export function removeCondition<T extends { readonly type: string }>(conditions: readonly T[], type: string): T[] {
  return conditions.filter((condition) => condition.type !== type);
}
