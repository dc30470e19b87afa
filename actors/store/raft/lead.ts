import type { Address } from "../../../runtime/mod.ts";
import { createEntry } from "./entry.ts";
import { entriesFrom, findConflict, lastIndex, termAt } from "./log.ts";
import type { AppendAnswer, HeartbeatAnswer, Propose, Rejoined, SnapshotAnswer } from "./messages.ts";
import { acknowledge, maySend, type Progress, toProbe } from "./progress.ts";
import { committedIndex, isQuorum } from "./quorum.ts";
import { appendOwn, becomeFollower, commitTo, type Moment, type Raft, resetElection, send } from "./raft.ts";
import { confirmRound } from "./read_index.ts";
import { countOut } from "./rejoin.ts";
import { createSequenceWindow, firstSeen } from "./sequence_window.ts";

/** How much one append carries. */
const appendMax = { count: 512, length: 1024 * 1024 };

/** Adds a client's command to the log. */
export function propose(raft: Raft, command: string): void {
  appendOwn(raft, createEntry(lastIndex(raft.log) + 1, raft.term, command));
}

/** Adds what a follower forwards; a forward that the network doubled is added once. */
export function onPropose(raft: Raft, from: Address, { term, life, sequence, commands }: Propose): void {
  if (term !== raft.term || raft.role !== "leader") return;
  const sender = `${from} ${life}`;
  let window = raft.forwards.get(sender);
  if (!window) {
    window = createSequenceWindow();
    raft.forwards.set(sender, window);
  }
  if (firstSeen(window, sequence)) for (const command of commands) propose(raft, command);
}

/** Sends each follower what it may be sent now, and at least the news of what is committed. */
export function replicate(raft: Raft): void {
  for (const [peer, progress] of raft.progress) {
    while (maySend(progress) && progress.next <= lastIndex(raft.log) && sendAppend(raft, peer, progress));
    const commit = Math.min(progress.match, raft.commitIndex);
    if (progress.state !== "replicate" || progress.commitSent >= commit) continue;
    progress.commitSent = commit;
    send(raft, peer, { type: "raft.commit", term: raft.term, commit });
  }
}

/** Counts what a follower has, or goes back to where its log matches. */
export function onAppendAnswer(raft: Raft, from: Address, answer: AppendAnswer, moment: Moment): void {
  const progress = heard(raft, from, answer, moment);
  if (!progress) return;
  if (answer.rejected) onRejected(raft, progress, answer);
  else if (progress.state !== "snapshot" && acknowledge(progress, answer.index)) advanceCommit(raft);
}

/** Counts a follower that lives; one that seems to have missed something is asked where it is. */
export function onHeartbeatAnswer(raft: Raft, from: Address, answer: HeartbeatAnswer, moment: Moment): void {
  const progress = heard(raft, from, answer, moment);
  if (!progress) return;
  if (!progress.rejoining) confirmRound(raft, from, answer.round);
  progress.probing = false;
  if (progress.state === "replicate" && progress.inflight.length > 0) sendAppend(raft, from, progress, true);
}

/** Counts what is durable here, and what a majority has: only entries of the own term, as 5.4.2 of the paper says. */
export function advanceCommit(raft: Raft): void {
  if (raft.role !== "leader") return;
  const own = raft.defects.ackBeforeSync ? lastIndex(raft.log) : raft.stableIndex;
  const index = committedIndex(raft.configuration, (id) => {
    if (id === raft.self) return own;
    const progress = raft.progress.get(id);
    return progress && !progress.rejoining ? progress.match : 0;
  });
  if (index > raft.commitIndex && termAt(raft.log, index) === raft.term) commitTo(raft, index);
}

/** Once an election timeout a leader counts those it heard; without a majority it leads nobody. */
export function checkQuorum(raft: Raft, moment: Moment): void {
  const isActive = (id: Address) => {
    const progress = raft.progress.get(id);
    return progress ? !progress.rejoining && moment.uptimeMs - progress.heardMs < raft.electionMs : id === raft.self;
  };
  resetElection(raft, moment);
  raft.electionDeadlineMs = moment.uptimeMs + raft.electionMs;
  raft.lostQuorum = !isQuorum(raft.configuration, isActive);
}

/** Goes on from a snapshot once the follower has it in use. */
export function onSnapshotDone(raft: Raft, from: Address, answer: SnapshotAnswer): void {
  const progress = raft.progress.get(from);
  if (progress?.state !== "snapshot") return;
  progress.match = Math.max(progress.match, answer.index);
  toProbe(progress, answer.index + 1);
  advanceCommit(raft);
}

/** Counts a replica in again that has its welcome and all before it. */
export function onRejoined(raft: Raft, from: Address, message: Rejoined, moment: Moment): void {
  const progress = heard(raft, from, message, moment);
  if (progress?.rejoining?.life !== message.life) return;
  progress.rejoining = undefined;
  advanceCommit(raft);
}

/** Notes that a follower was heard; undefined when the answer is not one to this leader. */
export function heard(
  raft: Raft,
  from: Address,
  { term, rejoining }: { readonly term: number; readonly rejoining?: string },
  moment: Moment,
): Progress | undefined {
  if (term > raft.term) {
    becomeFollower(raft, term, "");
    return undefined;
  }
  const progress = raft.progress.get(from);
  if (raft.role !== "leader" || term < raft.term || !progress) return undefined;
  progress.heardMs = moment.uptimeMs;
  if (rejoining !== undefined) countOut(raft, progress, rejoining);
  return progress;
}

/**
 * Goes back to where the logs may match. A follower that refuses what it once acknowledged has lost it, or its answer is
 * old: counting less than it has is safe, and the next answer puts it right.
 */
function onRejected(raft: Raft, progress: Progress, { index, hintIndex, hintTerm }: AppendAnswer) {
  if (progress.state === "snapshot") return;
  const { index: at } = findConflict(raft.log, hintIndex, hintTerm);
  if (index <= progress.match) progress.match = Math.min(progress.match, at);
  else if (progress.state === "probe" && index !== progress.next - 1) return;
  toProbe(progress, at + 1);
}

/** Sends what follows `next`; false when it is not in memory any more: the follower needs a snapshot. */
function sendAppend(raft: Raft, peer: Address, progress: Progress, empty = false): boolean {
  const previousIndex = progress.next - 1;
  const previousTerm = termAt(raft.log, previousIndex);
  if (previousTerm === undefined) {
    progress.state = "snapshot";
    progress.inflight.length = 0;
    return false;
  }
  const entries = empty ? [] : entriesFrom(raft.log, progress.next, appendMax);
  const { term, commitIndex: commit } = raft;
  const records = entries.map((entry) => entry.record);
  send(raft, peer, { type: "raft.append", term, previousIndex, previousTerm, commit, entries: records });
  const last = previousIndex + entries.length;
  progress.commitSent = Math.max(progress.commitSent, Math.min(commit, last));
  if (progress.state === "probe") {
    progress.probing = true;
  } else if (!empty) {
    progress.next = last + 1;
    progress.inflight.push(last);
  }
  return true;
}
