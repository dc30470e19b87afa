import type { Address, Step } from "../../../runtime/mod.ts";
import type { StoreData } from "../data.ts";
import { beginRestore, endRestore, restorePart, type SnapshotHead } from "../keyspace/snapshot.ts";
import { setQuota } from "../keyspace/space.ts";
import { obey } from "../raft/follow.ts";
import { resetTo } from "../raft/log.ts";
import type { Snapshot } from "../raft/messages.ts";
import { commitTo, send, sendWhenStable } from "../raft/raft.ts";
import { cancelWatches, deliverChanges } from "../watch/watches.ts";
import { encodeManifest, manifestFile, partFile, removeParts, writeFile } from "./files.ts";
import { abortSaving, finish } from "./save.ts";

/** Takes the next part of a snapshot; it is answered when it is on the disk. */
export function onSnapshot(data: StoreData, from: Address, { message, step }: { message: Snapshot; step: Step }): void {
  const { raft, snapshots } = data;
  if (!obey(raft, from, message.term, step)) return;
  if (message.index <= raft.commitIndex) {
    answer(data, from, { index: message.index, part: message.part, done: true });
    return;
  }
  if (message.part === 0 && !isSame(data, from, message)) begin(data, from, { message, step });
  const { installing } = snapshots;
  if (!installing || !isSame(data, from, message) || message.part > installing.parts) {
    answer(data, from, { index: message.index, part: -1, done: false });
  } else if (message.part < installing.parts) {
    answer(data, from, { index: message.index, part: message.part, done: false });
  } else if (!snapshots.file) {
    restorePart(installing.reader, message.text, `part ${message.part} of the snapshot from ${from}`);
    installing.isLast = message.last;
    installing.text = message.text;
    writeFile(snapshots, partFile(message.index, message.part), { text: message.text, step });
  }
}

/** Goes on when a file of the snapshot is written. */
export function onInstalled(data: StoreData, path: string, step: Step): void {
  const { installing } = data.snapshots;
  if (!installing) return;
  const { head } = installing.reader;
  if (path === manifestFile) {
    use(data, step);
    return;
  }
  installing.parts++;
  if (installing.isLast) {
    writeFile(data.snapshots, manifestFile, { text: encodeManifest({ ...head, parts: installing.parts }), step });
  } else {
    answer(data, installing.from, { index: head.index, part: installing.parts - 1, done: false });
  }
}

/** Gives a snapshot up; the leader will begin again. */
export function abortInstalling({ snapshots }: StoreData, step: Step): void {
  const { installing } = snapshots;
  if (!installing) return;
  removeParts({ index: installing.reader.head.index, parts: installing.parts + 1 }, step);
  snapshots.installing = undefined;
  snapshots.file = undefined;
}

function begin(data: StoreData, from: Address, { message, step }: { message: Snapshot; step: Step }) {
  abortSaving(data, step);
  abortInstalling(data, step);
  const { index, snapshotTerm: term, revision, compactedRevision, quotaBytes, isFull } = message;
  const head: SnapshotHead = { index, term, revision, compactedRevision, quotaBytes, isFull };
  data.snapshots.file = undefined;
  data.snapshots.installing = { from, reader: beginRestore(head), parts: 0, text: "", isLast: false };
}

/** Swaps the keyspace: watchers are told what happened between the two, or that it cannot be told. */
function use(data: StoreData, step: Step) {
  const { snapshots, raft, watches, keyspace: old } = data;
  const { installing } = snapshots;
  snapshots.installing = undefined;
  if (!installing || installing.reader.head.index <= raft.commitIndex) return;
  const { head } = installing.reader;
  const keyspace = endRestore(installing.reader);
  data.keyspace = keyspace;
  if (data.defects.quotaForgottenBySnapshot) setQuota(keyspace.space, 0);
  resetTo(raft.log, head.index, head.term);
  commitTo(raft, head.index);
  raft.changes++;
  finish(data, head, { parts: installing.parts, length: installing.text.length * installing.parts, step });
  const compactRevision = keyspace.compactedRevision;
  if (old.revision + 1 < compactRevision) {
    const which = ({ startRevision }: { startRevision: number }) => startRevision < compactRevision;
    cancelWatches(watches, { reason: "compacted", compactRevision, step, which });
  }
  deliverChanges(watches, keyspace, { after: old.revision, step, defects: data.defects });
  const { index } = head;
  const done = { type: "raft.snapshot.ok", term: raft.term, index, part: installing.parts - 1, done: true } as const;
  sendWhenStable(raft, installing.from, done);
}

function isSame({ snapshots }: StoreData, from: Address, { index, snapshotTerm }: Snapshot): boolean {
  const { installing } = snapshots;
  if (!installing || installing.from !== from) return false;
  return installing.reader.head.index === index && installing.reader.head.term === snapshotTerm;
}

function answer({ raft }: StoreData, to: Address, what: { index: number; part: number; done: boolean }) {
  send(raft, to, { type: "raft.snapshot.ok", term: raft.term, ...what });
}
