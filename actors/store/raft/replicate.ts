import type { Address } from "../../../runtime/mod.ts";
import { advanceCommit } from "./lead.ts";
import { entriesFrom, findConflict, lastIndex, termAt } from "./log.ts";
import type { AppendAnswer, HeartbeatAnswer } from "./messages.ts";
import { acknowledge, maySend, type Progress, toProbe } from "./progress.ts";
import { type Moment, type Raft, type RaftMail, send } from "./raft.ts";
import { confirmRound } from "./read_index.ts";
import { handOver } from "./transfer.ts";
import { heard } from "./welcome.ts";

/** How much one append carries. */
const appendMax = { count: 512, length: 1024 * 1024 };

/** Sends each follower what it may be sent now, and at least the news of what is committed. */
export function replicate(raft: Raft): void {
  for (const [peer, progress] of raft.progress) {
    while (maySend(progress) && progress.next <= lastIndex(raft.log) && sendAppend(raft, peer, { progress }));
    tellCommit(raft, peer, progress);
  }
}

/** Tells a follower what is committed of what it has. */
export function tellCommit(raft: Raft, peer: Address, progress: Progress): void {
  const commit = Math.min(progress.match, raft.commitIndex);
  if (progress.state !== "replicate" || progress.commitSent >= commit) return;
  progress.commitSent = commit;
  send(raft, peer, { type: "raft.commit", term: raft.term, commit });
}

/** Counts what a follower has, or goes back to where its log matches. */
export function onAppendAnswer(raft: Raft, mail: RaftMail<AppendAnswer>, moment: Moment): void {
  const progress = heard(raft, mail, moment);
  if (!progress) return;
  if (mail.body.rejected) onRejected(raft, progress, mail.body);
  else if (progress.state !== "snapshot" && acknowledge(progress, mail.body.index)) {
    advanceCommit(raft);
    handOver(raft, mail.from);
  }
}

/**
 * Counts a follower that lives; one that seems to have missed something, or of which it is not known, is
 * asked where it is.
 */
export function onHeartbeatAnswer(raft: Raft, mail: RaftMail<HeartbeatAnswer>, moment: Moment): void {
  const { from, body } = mail;
  const progress = heard(raft, mail, moment);
  if (!progress) return;
  if (!progress.rejoining) confirmRound(raft, from, body.round);
  progress.probing = false;
  const isBehind = progress.state === "replicate" && progress.inflight.length > 0;
  const isUnsure = progress.state === "probe" && progress.next > lastIndex(raft.log);
  if (isBehind || isUnsure) sendAppend(raft, from, { progress, empty: true });
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
function sendAppend(
  raft: Raft,
  peer: Address,
  { progress, empty = false }: { progress: Progress; empty?: boolean },
): boolean {
  const previousIndex = progress.next - 1;
  const previousTerm = termAt(raft.log, previousIndex);
  if (previousTerm === undefined) {
    progress.state = "snapshot";
    progress.snapshotIndex = 0;
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
