import type { Step } from "../../runtime/mod.ts";
import { keepCompacting } from "./auto_compaction.ts";
import type { StoreData } from "./data.ts";
import { apply } from "./keyspace/apply.ts";
import { type Command, decodeCommand } from "./keyspace/command.ts";
import { hold, release } from "./keyspace/keyspace.ts";
import { keepLeaseClock } from "./lease_clock.ts";
import { startWrite } from "./log/wal.ts";
import { onChanged } from "./members.ts";
import { core, type Ready } from "./raft/core.ts";
import { commandText, type Entry, isChangeEntry } from "./raft/entry.ts";
import { isRemoved } from "./raft/view.ts";
import { goOnRejoining } from "./rejoin.ts";
import { answerReads, answerWrite, dispatchWaiting, refuseWaiting } from "./requests.ts";
import { onSnapshotMail } from "./snapshot/mail.ts";
import { saveWhenLong, trimLog } from "./snapshot/save.ts";
import { startSending } from "./snapshot/send.ts";
import { cancelWatches, deliverChanges, hasWatches, tellQuiet } from "./watch/watches.ts";

/** How often quiet watches are looked at. */
const progressEveryMs = 1_000;
/** A replica that has known no leader for so many election timeouts ends its watches. */
const leaderlessElectionsMax = 3;

/**
 * What follows from an event, whatever it was: hears from Raft what is to be done, and does it. Everything an event led
 * to goes out together.
 */
export function settle(data: StoreData, step: Step): void {
  noteLeader(data, step);
  dispatchWaiting(data, step);
  let isDone = false;
  while (!isDone) {
    const ready = core.ready(data.raft, step);
    carryOut(data, ready, step);
    // What came of parts of a snapshot may be told at once.
    isDone = ready.snapshotMail.length === 0;
  }
  keepLeaseClock(data, step);
  keepCompacting(data, step);
}

/** Begins to take part in the group, with what the disk or the others gave back. */
export function takePart(data: StoreData, step: Step): void {
  step.timer("leaderless", data.electionMs);
  settle(data, step);
}

function carryOut(data: StoreData, ready: Ready, step: Step) {
  const { committed, reads, snapshotMail, snapshotsTo, write, messages, wakeMs } = ready;
  if (committed.length > 0) applyCommitted(data, committed, step);
  if (reads.length > 0) answerReads(data, reads, step);
  for (const mail of snapshotMail) onSnapshotMail(data, mail, step);
  for (const peer of snapshotsTo) startSending(data, peer, step);
  if (data.rejoin) goOnRejoining(data, step);
  saveWhenLong(data, step);
  trimLog(data, step);
  if (write) startWrite(data.wal, write, step);
  for (const { to, message } of messages) step.send(to, message);
  wakeAt(data, wakeMs, step);
}

/** Has the timer come in time; one that comes too early does no harm, so that it is not set anew with each message. */
function wakeAt(data: StoreData, wakeMs: number | undefined, step: Step) {
  const { tickMs = Number.POSITIVE_INFINITY } = data;
  if (wakeMs === undefined || wakeMs >= tickMs) return;
  data.tickMs = wakeMs;
  step.timer("tick", Math.max(1, Math.ceil(wakeMs - step.uptimeMs)));
}

/** Applies what is committed, answers those who wait for it, and tells the watchers. */
function applyCommitted(data: StoreData, committed: readonly Entry[], step: Step) {
  const { keyspace, requests } = data;
  const after = keyspace.revision;
  // What a compaction forgets is still to be told to watchers.
  hold(keyspace);
  for (const entry of committed) {
    const { index } = entry;
    if (isChangeEntry(entry)) {
      keyspace.appliedIndex = Math.max(keyspace.appliedIndex, index);
      onChanged(data, entry, step);
      continue;
    }
    const command = commandOf(entry);
    const answer = apply(keyspace, { index, command });
    if (!answer || command.kind === "begin" || command.kind === "clock") continue;
    if (command.origin === data.place && command.life === data.life)
      answerWrite(requests, { id: command.id, answer, step });
  }
  deliverChanges(data.watches, keyspace, { after, step });
  release(keyspace);
}

/** Commands that were read a moment ago, by the last digits of their indexes: replicas in one thread read each once. */
const lately: { readonly record: string; readonly command: Command }[] = [];
const latelyMask = 63;

function commandOf({ index, record }: Entry): Command {
  const found = lately[index & latelyMask];
  // Records begin with their checksums: others are told apart at once.
  if (found?.record === record) return found.command;
  const command = decodeCommand(commandText({ record }));
  lately[index & latelyMask] = { record, command };
  return command;
}

/** Keeps the time since which no leader is known. */
function noteLeader(data: StoreData, step: Step) {
  if (data.raft.leader !== "" && !isRemoved(data.raft)) {
    data.leaderlessSinceMs = undefined;
    data.isToldRemoved = false;
  } else if (data.leaderlessSinceMs === undefined) {
    data.leaderlessSinceMs = step.uptimeMs;
    step.timer("leaderless", data.electionMs);
  }
}

/** Refuses who waits, when no leader was known for an election timeout. */
export function onLeaderless(data: StoreData, step: Step): void {
  const { leaderlessSinceMs, electionMs } = data;
  if (leaderlessSinceMs === undefined) return;
  const leftMs = leaderlessSinceMs + electionMs - step.uptimeMs;
  if (leftMs > 0) step.timer("leaderless", Math.max(1, Math.ceil(leftMs)));
  else refuseWaiting(data, step);
}

/** Starts to look at quiet watches, if there are any. */
export function timeProgress(data: StoreData, step: Step): void {
  if (data.isProgressTimed || !hasWatches(data.watches)) return;
  data.isProgressTimed = true;
  step.timer("progress", progressEveryMs);
}

/** Tells quiet watches how far the store is; a replica that is cut off says so instead. */
export function onProgressDue(data: StoreData, step: Step): void {
  const { watches, keyspace, electionMs, leaderlessSinceMs = Number.POSITIVE_INFINITY } = data;
  data.isProgressTimed = false;
  if (step.uptimeMs - leaderlessSinceMs >= leaderlessElectionsMax * electionMs) {
    const compactRevision = keyspace.compactedRevision;
    cancelWatches(watches, { reason: "unavailable", compactRevision, step, which: () => true });
  }
  tellQuiet(watches, keyspace.revision, step);
  timeProgress(data, step);
}
