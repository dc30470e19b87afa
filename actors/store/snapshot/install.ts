import type { Address, Step } from "../../../runtime/mod.ts";
import { askRaft } from "../ask_raft.ts";
import type { StoreData } from "../data.ts";
import { beginRestore, endRestore, restorePart, type SnapshotHead } from "../keyspace/snapshot.ts";
import type { Snapshot } from "../raft/messages.ts";
import { cancelWatches, deliverChanges } from "../watch/watches.ts";
import { encodeManifest, manifestFile, partFile, removeParts, writeFile } from "./files.ts";
import { abortSaving, finish } from "./save.ts";

/** Takes the next part of a snapshot; it is answered when it is on the disk. */
export function onSnapshot(data: StoreData, from: Address, { message, step }: { message: Snapshot; step: Step }): void {
  const { snapshots } = data;
  const { index, part } = message;
  if (part === 0 && !isSame(data, from, message)) begin(data, from, { message, step });
  const { installing } = snapshots;
  if (!installing || !isSame(data, from, message) || part > installing.parts) {
    askRaft(data, { type: "snapshotStored", to: from, index, part: -1 }, step);
  } else if (part < installing.parts) {
    askRaft(data, { type: "snapshotStored", to: from, index, part }, step);
  } else if (!snapshots.file) {
    restorePart(installing.reader, message.text, `part ${part} of the snapshot from ${from}`);
    installing.isLast = message.last;
    installing.text = message.text;
    writeFile(snapshots, partFile(index, part), { text: message.text, step });
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
    writeFile(data.snapshots, manifestFile, {
      text: encodeManifest({ ...head, parts: installing.parts, configuration: installing.configuration }),
      step,
    });
  } else {
    const part = installing.parts - 1;
    askRaft(data, { type: "snapshotStored", to: installing.from, index: head.index, part }, step);
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
  const { index, snapshotTerm: term, revision, compactedRevision, quotaBytes, isFull, configuration } = message;
  const head: SnapshotHead = { index, term, revision, compactedRevision, quotaBytes, isFull };
  data.snapshots.file = undefined;
  data.snapshots.installing = {
    ...{ from, configuration, reader: beginRestore(head) },
    ...{ parts: 0, text: "", isLast: false },
  };
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
  const { from, configuration, parts } = installing;
  const { index, term } = head;
  askRaft(data, { type: "snapshotRestored", to: from, index, term, part: parts - 1, configuration }, step);
  finish(data, head, { parts: installing.parts, length: installing.text.length * installing.parts, step });
  const compactRevision = keyspace.compactedRevision;
  if (old.revision + 1 < compactRevision) {
    const which = ({ startRevision }: { startRevision: number }) => startRevision < compactRevision;
    cancelWatches(watches, { reason: "compacted", compactRevision, step, which });
  }
  deliverChanges(watches, keyspace, { after: old.revision, step });
}

function isSame({ snapshots }: StoreData, from: Address, { index, snapshotTerm }: Snapshot): boolean {
  const { installing } = snapshots;
  if (!installing || installing.from !== from) return false;
  return installing.reader.head.index === index && installing.reader.head.term === snapshotTerm;
}
