import type { Step } from "../../../runtime/mod.ts";
import { askStore } from "../../client/store_client.ts";
import { type Feed, waitForRevision } from "./feed.ts";

/** Called when the caches show all that was written before the question; `fresh` is false when they do not in time. */
export type FreshThen = (fresh: boolean, step: Step) => void;

/** The reads that need to see all that was written before them; those that come together ask the store together. */
export interface Freshness {
  asked: FreshThen[];
  /** Came while the store was being asked: its answer may be too old for them. */
  next: FreshThen[];
}

/** Makes an empty one. */
export function createFreshness(): Freshness {
  return { asked: [], next: [] };
}

/** Calls `done` when the caches are as new as the store is now. */
export function whenFresh(
  { feed, freshness }: { feed: Feed; freshness: Freshness },
  step: Step,
  done: FreshThen,
): void {
  freshness.next.push(done);
  if (freshness.asked.length === 0) ask(feed, freshness, step);
}

function ask(feed: Feed, freshness: Freshness, step: Step): void {
  freshness.asked = freshness.next;
  freshness.next = [];
  // Any read that is not serializable tells the newest revision; this one reads nothing else.
  const question = { type: "store.range", key: "/registry/", limit: 1, countOnly: true } as const;
  askStore(feed.store, step, question, (answer, later) => {
    const waiting = freshness.asked;
    freshness.asked = [];
    if (freshness.next.length > 0) ask(feed, freshness, later);
    for (const done of waiting) {
      if (answer.type !== "store.range.ok") done(false, later);
      else waitForRevision(feed, later, { revision: answer.revision, certain: true, done });
    }
  });
}
