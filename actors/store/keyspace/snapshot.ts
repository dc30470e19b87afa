import { numberField, readFields, textField } from "../log/fields.ts";
import { encodeRecord, payloadOf, scanRecords } from "../log/record.ts";
import type { KeyValue, StoreEvent } from "../messages.ts";
import { changesAt, createKeyspace, hold, type Keyspace, prune, release } from "./keyspace.ts";
import { leaseRecords, restoreLeases } from "./lease_records.ts";
import { tie } from "./leases.ts";
import { costOf, historyCost } from "./space.ts";

/** What a snapshot is a snapshot of. */
export interface SnapshotHead {
  /** The last log entry in it, and its term. */
  readonly index: number;
  readonly term: number;
  readonly revision: number;
  readonly compactedRevision: number;
  readonly quotaBytes: number;
  /** The alarm. */
  readonly isFull: boolean;
}

/** A snapshot that is being written, part by part, while the keyspace lives on. */
export interface SnapshotCursor {
  readonly head: SnapshotHead;
  readonly keyspace: Keyspace;
  /** The next part begins with this key; undefined when all is written. */
  nextKey: string | undefined;
  parts: number;
  /** Records of the leases as they were, for the first part. */
  readonly leases: string;
  released: boolean;
  /** A part is closed when it has this many characters. */
  readonly partLength: number;
}

const partLengthDefault = 1024 * 1024;

/**
 * Begins a snapshot of the keyspace as it is now; `term` is that of the last applied entry. A part is closed when it has
 * `partLength` characters: 1 Mi if nobody says so.
 */
export function beginSnapshot(keyspace: Keyspace, term: number, partLength = partLengthDefault): SnapshotCursor {
  hold(keyspace);
  const { appliedIndex: index, revision, compactedRevision, space } = keyspace;
  const { quotaBytes, isFull } = space;
  const head = { index, term, revision, compactedRevision, quotaBytes, isFull };
  return { head, keyspace, nextKey: "", parts: 0, leases: leaseRecords(keyspace.leases), released: false, partLength };
}

/** Writes the next part; the last one is known by the cursor's `nextKey`. */
export function nextPart(cursor: SnapshotCursor): string {
  const { keyspace, head } = cursor;
  const records: string[] = cursor.parts === 0 ? [cursor.leases] : [];
  let length = 0;
  let next: string | undefined;
  keyspace.keys.each(cursor.nextKey ?? "", undefined, (versions, key) => {
    if (length >= cursor.partLength) {
      next = key;
      return false;
    }
    const text = encodeVersions(keyspace, { key, versions }, head.revision);
    if (text !== "") records.push(encodeRecord(text));
    length += text.length;
    return true;
  });
  cursor.nextKey = next;
  cursor.parts++;
  if (next === undefined) endSnapshot(cursor);
  return records.join("");
}

/** Ends a snapshot, whole or not: the keyspace may forget again. */
export function endSnapshot(cursor: SnapshotCursor): void {
  if (cursor.released) return;
  cursor.released = true;
  release(cursor.keyspace);
}

function encodeVersions(
  keyspace: Keyspace,
  { key, versions }: { readonly key: string; readonly versions: readonly KeyValue[] },
  revision: number,
): string {
  let [text, count] = ["", 0];
  for (const kv of versions) {
    if (kv.modRevision > revision) break;
    const order = changesAt(keyspace, kv.modRevision).findIndex((event) => event.kv === kv);
    // A version below zero says that a lease follows: most have none.
    const version = kv.lease === undefined ? kv.version : -kv.version;
    text += numberField(kv.createRevision) + numberField(kv.modRevision) + numberField(version);
    text += numberField(order) + textField(kv.value) + (kv.lease === undefined ? "" : textField(kv.lease));
    count++;
  }
  return count === 0 ? "" : textField(key) + numberField(count) + text;
}

/** A keyspace that is being read from a snapshot's parts. */
export interface SnapshotReader {
  readonly head: SnapshotHead;
  readonly keyspace: Keyspace;
  readonly ordered: { readonly order: number; readonly event: StoreEvent }[];
}

/** Begins to read a snapshot. */
export function beginRestore(head: SnapshotHead): SnapshotReader {
  const keyspace = createKeyspace();
  keyspace.revision = head.revision;
  keyspace.compactedRevision = head.compactedRevision;
  keyspace.appliedIndex = head.index;
  Object.assign(keyspace.space, { quotaBytes: head.quotaBytes, isFull: head.isFull });
  keyspace.changesFirst = Math.max(keyspace.changesFirst, head.compactedRevision);
  return { head, keyspace, ordered: [] };
}

/**
 * Reads the next part.
 *
 * @throws Error when the part is not whole
 */
export function restorePart(reader: SnapshotReader, text: string, name: string): void {
  const { records, goodLength } = scanRecords(text, name);
  if (goodLength < text.length) throw new Error(`Cannot read ${name}: it ends in the middle of a record`);
  for (const record of records) restoreKey(reader, payloadOf(record));
}

function restoreKey({ keyspace, ordered }: SnapshotReader, payload: string) {
  if (restoreLeases(keyspace.leases, payload)) return;
  const fields = readFields(payload);
  const key = fields.text();
  const versions: KeyValue[] = [];
  let previous: KeyValue | undefined;
  for (let left = fields.number(); left > 0; left--) {
    const [createRevision, modRevision, signed] = [fields.number(), fields.number(), fields.number()];
    const order = fields.number();
    const version = Math.abs(signed);
    const plain = { key, value: fields.text(), createRevision, modRevision, version };
    const kv: KeyValue = signed < 0 ? { ...plain, lease: fields.text() } : plain;
    versions.push(kv);
    const type = version === 0 ? "delete" : "put";
    if (modRevision >= keyspace.changesFirst) {
      ordered.push({ order, event: previous ? { type, kv, previous } : { type, kv } });
    }
    previous = version === 0 ? undefined : kv;
  }
  if (previous) {
    keyspace.space.liveBytes += costOf(previous);
    tie(keyspace.leases, previous, undefined);
  }
  keyspace.keys.set(key, versions);
  prune(keyspace, key);
}

/** Ends reading: the history that watches replay is put in order. */
export function endRestore({ keyspace, ordered, head }: SnapshotReader): Keyspace {
  ordered.sort((a, b) => a.event.kv.modRevision - b.event.kv.modRevision || a.order - b.order);
  const history: StoreEvent[][] = [];
  for (let revision = keyspace.changesFirst; revision <= head.revision; revision++) history.push([]);
  for (const { event } of ordered) history[event.kv.modRevision - keyspace.changesFirst]?.push(event);
  for (const events of history) {
    keyspace.changes.push(events);
    keyspace.space.historyBytes += historyCost(events);
  }
  return keyspace;
}
