import type { Address, Step } from "../../../runtime/mod.ts";
import { askRaft } from "../ask_raft.ts";
import type { StoreData } from "../data.ts";
import { beginSnapshot, endSnapshot, nextPart } from "../keyspace/snapshot.ts";
import { termAt } from "../raft/log.ts";
import type { Snapshot, SnapshotAnswer } from "../raft/messages.ts";
import type { Sending } from "./snapshots.ts";

/** Begins to send the keyspace to a follower that needs entries which are gone. */
export function startSending(data: StoreData, peer: Address, step: Step): void {
  const { raft, keyspace, snapshots, snapshotPartLength } = data;
  const term = termAt(raft.log, keyspace.appliedIndex);
  if (term === undefined) return;
  stopSending(data, peer);
  const cursor = beginSnapshot(keyspace, term, snapshotPartLength);
  const { configuration } = raft;
  const sending: Sending = { cursor, configuration, part: 0, text: nextPart(cursor), sentMs: 0 };
  snapshots.sending.set(peer, sending);
  askRaft(data, { type: "snapshotBegun", to: peer, index: cursor.head.index }, step);
  sendPart(data, peer, { sending, step });
}

/** Sends the next part, begins again, or goes on with entries. */
export function onSnapshotAnswer(
  data: StoreData,
  from: Address,
  { answer, step }: { answer: SnapshotAnswer; step: Step },
): void {
  const sending = data.snapshots.sending.get(from);
  if (!sending || sending.cursor.head.index !== answer.index) return;
  if (answer.done) {
    stopSending(data, from);
  } else if (answer.part < 0) {
    // It has lost what it had: begin anew.
    stopSending(data, from);
    askRaft(data, { type: "snapshotFailed", to: from }, step);
  } else if (answer.part === sending.part && sending.cursor.nextKey !== undefined) {
    sending.part++;
    sending.text = nextPart(sending.cursor);
    sendPart(data, from, { sending, step });
  }
}

/** Sends again what seems lost, and gives up on followers that are not heard any more. */
export function mindSending(data: StoreData, step: Step): void {
  const { raft, snapshots, electionMs } = data;
  for (const [peer, sending] of snapshots.sending) {
    const progress = raft.progress.get(peer);
    if (progress?.snapshotIndex !== sending.cursor.head.index) {
      stopSending(data, peer);
    } else if (step.uptimeMs - progress.heardMs >= 2 * electionMs) {
      stopSending(data, peer);
      askRaft(data, { type: "snapshotFailed", to: peer }, step);
    } else if (step.uptimeMs - sending.sentMs >= electionMs) {
      sendPart(data, peer, { sending, step });
    }
  }
}

/** Ends all of it: this replica does not lead any more. */
export function stopAllSending(data: StoreData): void {
  for (const peer of [...data.snapshots.sending.keys()]) stopSending(data, peer);
}

function stopSending({ snapshots }: StoreData, peer: Address) {
  const sending = snapshots.sending.get(peer);
  if (sending) endSnapshot(sending.cursor);
  snapshots.sending.delete(peer);
}

function sendPart({ raft }: StoreData, peer: Address, { sending, step }: { sending: Sending; step: Step }) {
  const { cursor, part, text, configuration } = sending;
  const { term: snapshotTerm, ...head } = cursor.head;
  sending.sentMs = step.uptimeMs;
  const last = cursor.nextKey === undefined;
  const what = { snapshotTerm, ...head, configuration, part, last, text };
  const message: Snapshot = { type: "raft.snapshot", term: raft.term, ...what };
  step.send(peer, message);
}
