import type { Step } from "../../runtime/mod.ts";
import type { StoreData } from "./data.ts";
import { apply } from "./keyspace/apply.ts";
import { type Command, decodeCommand } from "./keyspace/command.ts";
import { hold, release } from "./keyspace/keyspace.ts";
import { startWrite } from "./log/wal.ts";
import { commandText, type Entry } from "./raft/entry.ts";
import { replicate } from "./raft/lead.ts";
import { entryAt } from "./raft/log.ts";
import { advanceReads } from "./raft/read_index.ts";
import { joinWhenCaughtUp } from "./rejoin.ts";
import { answerReads, answerWrite, dispatchWaiting, refuseWaiting } from "./requests.ts";
import { saveWhenLong, trimLog } from "./snapshot/save.ts";
import { startSending } from "./snapshot/send.ts";
import { cancelWatches, deliverChanges, hasWatches, tellQuiet } from "./watch/watches.ts";

/** How often quiet watches are looked at. */
const progressEveryMs = 1_000;
/** A replica that has known no leader for so many election timeouts ends its watches. */
const leaderlessElectionsMax = 3;

/**
 * What follows from an event, whatever it was: applies what is committed, proposes, replicates, starts the next write,
 * answers, and sends what Raft wants sent. Everything an event led to goes out together.
 */
export function settle(data: StoreData, step: Step): void {
  const { raft } = data;
  noteLeader(data, step);
  dispatchWaiting(data);
  advanceReads(raft, step);
  applyCommitted(data, step);
  answerReads(data, step);
  if (raft.role === "leader") {
    replicate(raft);
    startSending(data, step);
  }
  joinWhenCaughtUp(data, step);
  saveWhenLong(data, step);
  trimLog(data);
  startWrite(data.wal, raft, { step, defects: data.defects });
  if (raft.outbox.length > 0) for (const { to, message } of raft.outbox.splice(0)) step.send(to, message);
}

/** Applies what is committed, answers those who wait for it, and tells the watchers. */
function applyCommitted(data: StoreData, step: Step) {
  const { raft, keyspace, requests, defects } = data;
  if (keyspace.appliedIndex >= raft.commitIndex) return;
  const after = keyspace.revision;
  // What a compaction forgets is still to be told to watchers.
  hold(keyspace);
  for (let index = keyspace.appliedIndex + 1; index <= raft.commitIndex; index++) {
    const entry = entryAt(raft.log, index);
    if (!entry) throw new Error(`Cannot apply entry ${index}: it is not in the log, which is committed up to there`);
    const command = commandOf(entry);
    const answer = apply(keyspace, { index, command }, defects);
    if (!answer || command.kind === "begin") continue;
    if (command.origin === data.place && command.life === data.life)
      answerWrite(requests, { id: command.id, answer, step });
  }
  deliverChanges(data.watches, keyspace, { after, step, defects });
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
  if (data.raft.leader !== "") {
    data.leaderlessSinceMs = undefined;
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
