import { createOrderedMap, type OrderedMap } from "../../kit/ordered_map.ts";
import type { KeyValue, StoreEvent } from "../messages.ts";
import { createLeases, type Leases } from "./leases.ts";
import { createSpace, historyCost, type Space } from "./space.ts";

/**
 * All versions of all keys since the last compaction, with etcd's meaning: a transaction that changes something makes
 * one new revision, whatever the number of keys. Reads at the compacted revision or after it see what was.
 */
export interface Keyspace {
  /** The newest revision; 1 when nothing was ever written, as etcd's. */
  revision: number;
  /** Reads and watches below it are refused; 0 when nothing was compacted. */
  compactedRevision: number;
  /** The last log entry that was applied: each is applied once. */
  appliedIndex: number;
  /** Each key's versions, oldest first; a version of 0 is a delete. Never empty. */
  readonly keys: OrderedMap<KeyValue[]>;
  /** `changes[i]` are the changes of revision `changesFirst + i`, in the order in which they were made. */
  readonly changes: (readonly StoreEvent[])[];
  changesFirst: number;
  /** While somebody reads it piece by piece, nothing is forgotten. */
  holds: number;
  readonly space: Space;
  readonly leases: Leases;
}

/** The end of a range that has no end. */
export const endOfKeys = "\0";

/** Makes an empty keyspace. */
export function createKeyspace(): Keyspace {
  return {
    revision: 1,
    compactedRevision: 0,
    appliedIndex: 0,
    keys: createOrderedMap(),
    changes: [],
    changesFirst: 2,
    holds: 0,
    space: createSpace(),
    leases: createLeases(),
  };
}

/** What a key was at a revision; undefined when it was not there. */
export function versionAt(versions: readonly KeyValue[], revision: number): KeyValue | undefined {
  const newest = versions.at(-1);
  if (newest && newest.modRevision <= revision) return newest.version === 0 ? undefined : newest;
  let [low, high] = [0, versions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((versions[middle] as KeyValue).modRevision <= revision) low = middle + 1;
    else high = middle;
  }
  const found = versions[low - 1];
  return found && found.version !== 0 ? found : undefined;
}

/** What a key is now. */
export function current(keyspace: Keyspace, key: string): KeyValue | undefined {
  const newest = keyspace.keys.get(key)?.at(-1);
  return newest && newest.version !== 0 ? newest : undefined;
}

/** Visits what is in [key, end) now, in order; `end` as in a `RangeRequest`. */
export function eachCurrent(
  keyspace: Keyspace,
  { key, end }: { readonly key: string; readonly end?: string },
  visit: (kv: KeyValue) => void,
): void {
  if (end === undefined) {
    const only = current(keyspace, key);
    if (only) visit(only);
    return;
  }
  keyspace.keys.each(key, end === endOfKeys ? undefined : end, (versions) => {
    const newest = versions.at(-1);
    if (newest && newest.version !== 0) visit(newest);
    return true;
  });
}

/** The changes of one revision; none when it was compacted, or is not there yet. */
export function changesAt(
  keyspace: Pick<Keyspace, "changes" | "changesFirst">,
  revision: number,
): readonly StoreEvent[] {
  return keyspace.changes[revision - keyspace.changesFirst] ?? [];
}

/** How a compaction fares. */
export type CompactResult = "ok" | "compacted" | "future";

/** Refuses reads below `revision` from now on, and forgets what only they could have seen. */
export function compact(keyspace: Keyspace, revision: number): CompactResult {
  if (revision <= keyspace.compactedRevision) return "compacted";
  if (revision > keyspace.revision) return "future";
  const { space, compactedRevision, changesFirst } = keyspace;
  for (let gone = Math.max(compactedRevision, changesFirst); gone < revision; gone++) {
    space.historyBytes -= historyCost(changesAt(keyspace, gone));
  }
  keyspace.compactedRevision = revision;
  forget(keyspace);
  return "ok";
}

/** Keeps everything until `release`, so that the keyspace can be read in pieces. */
export function hold(keyspace: Keyspace): void {
  keyspace.holds++;
}

/** Ends a `hold`. */
export function release(keyspace: Keyspace): void {
  keyspace.holds--;
  forget(keyspace);
}

/**
 * A change at the compacted revision can still be watched, with the value that it replaced: so of each key the newest
 * version before the compacted revision stays too. Only keys that changed since the last compaction are looked at.
 */
function forget(keyspace: Keyspace) {
  const { compactedRevision, changesFirst, changes } = keyspace;
  if (keyspace.holds > 0 || compactedRevision <= changesFirst) return;
  const gone = changes.splice(0, compactedRevision - changesFirst);
  keyspace.changesFirst = compactedRevision;
  for (const events of gone) for (const { kv } of events) prune(keyspace, kv.key);
}

/** Forgets those versions of a key that nobody may read any more. */
export function prune(keyspace: Keyspace, key: string): void {
  const versions = keyspace.keys.get(key);
  if (!versions) return;
  let first = 0;
  for (let next = versions[1]; next && next.modRevision < keyspace.compactedRevision; next = versions[first + 1])
    first++;
  const oldest = versions[first];
  if (oldest && oldest.version === 0 && oldest.modRevision < keyspace.compactedRevision) first++;
  if (first === versions.length) keyspace.keys.delete(key);
  else if (first > 0) versions.splice(0, first);
}
