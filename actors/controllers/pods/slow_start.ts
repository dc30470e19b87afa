import type { Action } from "../plan.ts";

/**
 * Groups actions into batches of 1, 2, 4, ... Those of one batch are sent together, and the next batch only when all
 * of it succeeded: what fails always (a quota, a webhook) costs one request, not a thousand.
 */
export function slowStart(actions: readonly Action[]): Action[] {
  const batched: Action[] = [];
  let left = 0;
  let size = 1;
  for (const action of actions) {
    const isFirst = left === 0;
    if (isFirst) {
      left = size;
      size *= 2;
    }
    left--;
    batched.push(isFirst ? action : { ...action, alongside: true });
  }
  return batched;
}

/** Lets all actions but the first go alongside: one batch. */
export function together(actions: readonly Action[]): Action[] {
  return actions.map((action, index) => (index === 0 ? action : { ...action, alongside: true }));
}
