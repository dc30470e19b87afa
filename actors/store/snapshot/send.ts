import type { Address, Step } from "../../../runtime/mod.ts";
import type { StoreData } from "../data.ts";
import { beginSnapshot, endSnapshot, nextPart } from "../keyspace/snapshot.ts";
import { heard, onSnapshotDone } from "../raft/lead.ts";
import { termAt } from "../raft/log.ts";
import type { SnapshotAnswer } from "../raft/messages.ts";
import { toProbe } from "../raft/progress.ts";
import { send } from "../raft/raft.ts";
import type { Sending } from "./snapshots.ts";

/** Begins to send the keyspace to followers that need entries which are gone. */
export function startSending(data: StoreData, step: Step): void {
  const { raft, keyspace, snapshots } = data;
  for (const [peer, { state, heardMs }] of raft.progress) {
    if (state !== "snapshot" || snapshots.sending.has(peer)) continue;
    if (step.uptimeMs - heardMs >= data.electionMs) continue;
    const term = termAt(raft.log, keyspace.appliedIndex);
    if (term === undefined) continue;
    const cursor = beginSnapshot(keyspace, term);
    const sending: Sending = { cursor, part: 0, text: nextPart(cursor), sentMs: 0 };
    snapshots.sending.set(peer, sending);
    sendPart(data, peer, { sending, step });
  }
}

/** Sends the next part, begins again, or goes on with entries. */
export function onSnapshotAnswer(
  data: StoreData,
  from: Address,
  { answer, step }: { answer: SnapshotAnswer; step: Step },
): void {
  const { raft, snapshots } = data;
  if (!heard(raft, from, answer, step)) return;
  const sending = snapshots.sending.get(from);
  if (!sending || sending.cursor.head.index !== answer.index) return;
  if (answer.done) {
    stopSending(data, from);
    onSnapshotDone(raft, from, answer);
  } else if (answer.part < 0) {
    // It has lost what it had: the next round begins anew.
    stopSending(data, from);
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
    if (progress && step.uptimeMs - progress.heardMs >= 2 * electionMs) {
      stopSending(data, peer);
      toProbe(progress, progress.match + 1);
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
  const { cursor, part, text } = sending;
  const { term: snapshotTerm, ...head } = cursor.head;
  sending.sentMs = step.uptimeMs;
  const last = cursor.nextKey === undefined;
  send(raft, peer, { type: "raft.snapshot", term: raft.term, snapshotTerm, ...head, part, last, text });
}
