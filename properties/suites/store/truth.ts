import { changesAt, type Keyspace } from "../../../actors/store/keyspace/keyspace.ts";
import type { KeyValue, StoreEvent } from "../../../actors/store/messages.ts";

/** What the group has committed, revision by revision, as the first replica that applied it had it. */
export interface Truth {
  revision(): number;
  /** The furthest that any replica has compacted. */
  compacted(): number;
  /** Takes in what a replica has applied. */
  follow(keyspace: Keyspace, atMs: number): void;
  /** The newest revision that was committed before a time. */
  revisionAt(ms: number): number;
  /** Undefined: it was compacted in the step in which it was applied, so that nobody saw it. */
  eventsAt(revision: number): readonly StoreEvent[] | undefined;
  /** What there was at a revision, by key; undefined where that is not known. */
  stateAt(revision: number): ReadonlyMap<string, KeyValue> | undefined;
}

/** Nothing is committed. */
export function createTruth(): Truth {
  const events: (readonly StoreEvent[] | undefined)[] = [[], []];
  const committedMs: number[] = [0, 0];
  let compacted = 0;

  return {
    revision: () => events.length - 1,
    compacted: () => compacted,
    follow(keyspace, atMs) {
      compacted = Math.max(compacted, keyspace.compactedRevision);
      while (events.length <= keyspace.revision) {
        const changes = changesAt(keyspace, events.length);
        events.push(changes.length > 0 ? [...changes] : undefined);
        committedMs.push(atMs);
      }
    },
    revisionAt: (ms) => committedMs.findLastIndex((each) => each < ms),
    eventsAt: (revision) => events[revision],
    stateAt(revision) {
      const state = new Map<string, KeyValue>();
      for (let each = 2; each <= revision; each++) {
        const changes = events[each];
        if (!changes) return undefined;
        for (const { type, kv } of changes) {
          if (type === "put") state.set(kv.key, kv);
          else state.delete(kv.key);
        }
      }
      return state;
    },
  };
}
