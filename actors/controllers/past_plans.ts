import type { Expectations } from "../client/expectations.ts";
import type { Doubt, OwnWrites } from "../client/own_writes.ts";

/** What earlier plans of a loop did, as far as its mirrors may not show it yet. */
export interface PastPlans {
  readonly expectations: Expectations;
  readonly ownWrites: OwnWrites;
}

/**
 * How much of what earlier plans did for a key the mirrors show: all of it; at least every write, but not yet all that
 * was expected of them; not even the writes; or nobody knows whether one was done, of which the API has to be asked.
 */
export type Shown = "all" | "writes" | "less" | { readonly doubt: Doubt };

/** What the mirrors show of earlier plans for a key: a plan made too early does the same twice. */
export function shownOf({ expectations, ownWrites }: PastPlans, key: string, uptimeMs: number): Shown {
  const doubt = ownWrites.doubtful(key);
  if (doubt) return { doubt };
  if (!ownWrites.seen(key, uptimeMs)) return "less";
  return expectations.satisfied(key, uptimeMs) ? "all" : "writes";
}
