import type { Step } from "../../../runtime/mod.ts";
import { askRaft } from "../ask_raft.ts";
import type { StoreData } from "../data.ts";
import { beginSnapshot, endSnapshot, nextPart, type SnapshotHead } from "../keyspace/snapshot.ts";
import { excessIndex, termAt } from "../raft/log.ts";
import { encodeManifest, manifestFile, partFile, removeParts, writeFile } from "./files.ts";

/** How long a log may be, whatever it follows: a share of the quota, within bounds. */
const logLengthMax = { share: 1 / 8, least: 4 * 1024 ** 2, most: 64 * 1024 ** 2 };

/**
 * Begins a snapshot when the log is long: when it has grown by so many entries, and by as much as the last snapshot is
 * long, so that a large keyspace is not written again and again; and whenever its file is longer than is read at once.
 */
export function saveWhenLong(data: StoreData, step: Step): void {
  const { snapshots, keyspace, raft, wal, snapshotEntries, snapshotPartLength } = data;
  if (snapshots.saving || snapshots.installing || snapshots.file) return;
  const { appliedIndex } = keyspace;
  if (raft.rewrite || appliedIndex <= snapshots.index || appliedIndex < snapshots.notBeforeIndex) return;
  const isDue = appliedIndex - snapshots.index >= snapshotEntries && wal.length >= snapshots.length;
  if (!isDue && wal.length < lengthMaxOf(data)) return;
  const term = termAt(raft.log, appliedIndex);
  if (term === undefined) return;
  const cursor = beginSnapshot(keyspace, term, snapshotPartLength);
  snapshots.saving = { cursor, configuration: raft.configuration, length: 0 };
  savePart(data, step);
}

/** Goes on when a file of the snapshot is written. */
export function onSaved(data: StoreData, path: string, step: Step): void {
  const { saving } = data.snapshots;
  if (!saving) return;
  if (path === manifestFile) {
    finish(data, saving.cursor.head, { parts: saving.cursor.parts, length: saving.length, step });
    data.snapshots.saving = undefined;
  } else if (saving.cursor.nextKey === undefined) {
    const { cursor, configuration } = saving;
    const text = encodeManifest({ ...cursor.head, parts: cursor.parts, configuration });
    writeFile(data.snapshots, manifestFile, { text, step });
  } else {
    savePart(data, step);
  }
}

/** Gives a snapshot up; the log stays as it is. */
export function abortSaving({ snapshots, keyspace, snapshotEntries }: StoreData, step: Step): void {
  const { saving } = snapshots;
  if (!saving) return;
  endSnapshot(saving.cursor);
  removeParts({ index: saving.cursor.head.index, parts: saving.cursor.parts }, step);
  snapshots.saving = undefined;
  snapshots.notBeforeIndex = keyspace.appliedIndex + snapshotEntries;
}

/** Puts a snapshot that is on the disk to use: the log begins anew behind it, its predecessor goes. */
export function finish(
  data: StoreData,
  { index, term }: SnapshotHead,
  { parts, length, step }: { parts: number; length: number; step: Step },
): void {
  const { snapshots } = data;
  if (snapshots.index !== index) removeParts(snapshots, step);
  Object.assign(snapshots, { index, parts, length });
  askRaft(data, { type: "rewrite", index, term }, step);
}

/** Forgets entries that were applied long ago; who still needs them is sent a snapshot. */
export function trimLog(data: StoreData, step: Step): void {
  const { snapshots, keyspace, raft, snapshotEntries } = data;
  const keep = Math.ceil(snapshotEntries / 2);
  const { log } = raft;
  const { appliedIndex } = keyspace;
  const lengthMax = lengthMaxOf(data);
  const isMany = appliedIndex - log.snapshotIndex >= 2 * keep;
  if (!isMany && log.length <= lengthMax) return;
  const excess = log.length <= lengthMax ? 0 : excessIndex(log, lengthMax / 2);
  let index = Math.min(Math.max(isMany ? appliedIndex - keep : 0, excess), appliedIndex);
  // A snapshot that is being written, and a follower that gets one, go on from there.
  if (snapshots.saving) index = Math.min(index, snapshots.saving.cursor.head.index);
  for (const { cursor } of snapshots.sending.values()) index = Math.min(index, cursor.head.index);
  if (index > log.snapshotIndex) askRaft(data, { type: "forget", index }, step);
}

function lengthMaxOf({ keyspace }: StoreData): number {
  const { share, least, most } = logLengthMax;
  const { quotaBytes } = keyspace.space;
  return quotaBytes === 0 ? most : Math.min(most, Math.max(least, share * quotaBytes));
}

function savePart({ snapshots }: StoreData, step: Step) {
  const { saving } = snapshots;
  if (!saving) return;
  const { cursor } = saving;
  const path = partFile(cursor.head.index, cursor.parts);
  const text = nextPart(cursor);
  saving.length += text.length;
  writeFile(snapshots, path, { text, step });
}
