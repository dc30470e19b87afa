import type { Address } from "../../../runtime/mod.ts";
import { readEntry } from "./entry.ts";
import { append, findConflict, lastIndex, termAt, truncateFrom } from "./log.ts";
import type { Append, Commit, Heartbeat } from "./messages.ts";
import {
  becomeFollower,
  commitTo,
  type Moment,
  type Raft,
  type RaftMail,
  resetElection,
  send,
  sendWhenStable,
  setLeader,
} from "./raft.ts";
import { retryRead } from "./read_index.ts";

/** Takes a leader's entries when they fit, and says where they may fit when they do not. */
export function onAppend(raft: Raft, { from, body }: RaftMail<Append>, moment: Moment): void {
  const obeyed = obey(raft, from, { term: body.term, moment });
  const verdict = obeyed ? judge(raft, body) : { index: body.previousIndex, rejected: true };
  const { index, rejected, hint } = verdict;
  const answer = { index, rejected, hintIndex: hint?.index ?? 0, hintTerm: hint?.term ?? 0 };
  const post = rejected ? send : sendWhenStable;
  post(raft, from, { type: "raft.append.ok", term: raft.term, ...answer });
}

/** Takes note of a leader that lives. */
export function onHeartbeat(raft: Raft, { from, body }: RaftMail<Heartbeat>, moment: Moment): void {
  const { term, commit, round } = body;
  if (obey(raft, from, { term, moment })) {
    commitTo(raft, commit);
    retryRead(raft, moment);
    if (commit > lastIndex(raft.log)) tellLoss(raft, from, commit);
  }
  send(raft, from, { type: "raft.heartbeat.ok", term: raft.term, round });
}

/** Tells a leader that counts on entries which are not here: the disk has lost what it acknowledged. */
function tellLoss(raft: Raft, to: Address, index: number) {
  const hint = findConflict(raft.log, index, raft.term);
  const answer = { index, rejected: true, hintIndex: hint.index, hintTerm: hint.term };
  send(raft, to, { type: "raft.append.ok", term: raft.term, ...answer });
}

/** Takes note of what is committed. */
export function onCommit(raft: Raft, { from, body: { term, commit } }: RaftMail<Commit>, moment: Moment): void {
  if (obey(raft, from, { term, moment })) commitTo(raft, commit);
}

/** Follows the leader of this term or of a newer one; false for one whose term is over. */
export function obey(raft: Raft, from: Address, { term, moment }: { term: number; moment: Moment }): boolean {
  if (term < raft.term) return false;
  if (term > raft.term || raft.role !== "follower") becomeFollower(raft, term, from);
  setLeader(raft, from);
  raft.leaderHeardMs = moment.uptimeMs;
  resetElection(raft, moment);
  return true;
}

interface Verdict {
  readonly index: number;
  readonly rejected: boolean;
  readonly hint?: { readonly index: number; readonly term: number };
}

function judge(raft: Raft, message: Append): Verdict {
  const { previousIndex, previousTerm, entries, commit } = message;
  if (previousIndex < raft.commitIndex && !overlaps(raft, message)) return { index: raft.commitIndex, rejected: false };
  if (previousIndex >= raft.commitIndex && termAt(raft.log, previousIndex) !== previousTerm) {
    return { index: previousIndex, rejected: true, hint: findConflict(raft.log, previousIndex, previousTerm) };
  }
  takeEntries(raft, previousIndex, entries);
  const index = previousIndex + entries.length;
  commitTo(raft, Math.min(commit, index));
  return { index, rejected: false };
}

/** Whether some of the entries lie beyond what is committed here. */
function overlaps(raft: Raft, { previousIndex, entries }: Append): boolean {
  return previousIndex + entries.length > raft.commitIndex;
}

/** Adds what is new; from the first entry that differs on, what was here gives way. */
function takeEntries(raft: Raft, previousIndex: number, records: readonly string[]) {
  const { log } = raft;
  for (let i = Math.max(0, raft.commitIndex - previousIndex); i < records.length; i++) {
    const entry = readEntry(records[i] as string);
    const term = termAt(log, entry.index);
    if (term === entry.term) continue;
    if (entry.index <= raft.commitIndex || entry.index > lastIndex(log) + 1) {
      throw new Error(
        `Cannot append entry ${entry.index} of term ${entry.term}: the log ends at ${lastIndex(log)}, committed up to ${raft.commitIndex}`,
      );
    }
    if (term !== undefined) truncateFrom(log, entry.index);
    append(log, entry);
    raft.changes++;
  }
}
