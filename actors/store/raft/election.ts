import type { Address } from "../../../runtime/mod.ts";
import { createEntry } from "./entry.ts";
import { isUpToDate, lastIndex, lastTerm } from "./log.ts";
import type { PreVote, PreVoteAnswer, Vote, VoteAnswer } from "./messages.ts";
import { createProgress } from "./progress.ts";
import { voteResult } from "./quorum.ts";
import {
  appendOwn,
  becomeFollower,
  type Moment,
  type Raft,
  resetElection,
  send,
  sendWhenStable,
  setLeader,
} from "./raft.ts";

/** Asks the others whether an election could be won; changes no term, so it disturbs nobody. */
export function becomePreCandidate(raft: Raft, moment: Moment): void {
  raft.role = "preCandidate";
  if (raft.earlyElections !== undefined) raft.earlyElections++;
  setLeader(raft, "");
  resetElection(raft, moment);
  raft.votes.clear();
  raft.votes.set(raft.self, true);
  const end = { lastIndex: lastIndex(raft.log), lastTerm: lastTerm(raft.log) };
  for (const peer of raft.peers) send(raft, peer, { type: "raft.preVote", term: raft.term + 1, ...end });
}

/** Opens a new term and asks for votes in it, once the own vote is durable. */
export function becomeCandidate(raft: Raft, moment: Moment): void {
  raft.role = "candidate";
  raft.term++;
  raft.vote = raft.self;
  raft.changes++;
  raft.ownVoteChange = raft.changes;
  resetElection(raft, moment);
  raft.votes.clear();
  const end = { lastIndex: lastIndex(raft.log), lastTerm: lastTerm(raft.log) };
  for (const peer of raft.peers) sendWhenStable(raft, peer, { type: "raft.vote", term: raft.term, ...end });
}

/** Leads, beginning with an entry of its own: what older terms left is committed with it. */
export function becomeLeader(raft: Raft, moment: Moment, command = "N"): void {
  raft.role = "leader";
  raft.votes.clear();
  setLeader(raft, raft.self);
  resetElection(raft, moment);
  raft.lostQuorum = false;
  raft.termStartIndex = lastIndex(raft.log) + 1;
  for (const peer of raft.peers) raft.progress.set(peer, createProgress(lastIndex(raft.log), moment.uptimeMs));
  appendOwn(raft, createEntry(raft.termStartIndex, raft.term, command));
}

/** Whether the votes of this replica's (pre-)election are in. */
export function electionResult(raft: Raft): "won" | "lost" | "open" {
  return voteResult(raft.configuration, raft.votes);
}

/** Answers whether it would vote for the asker. */
export function onPreVote(raft: Raft, from: Address, ask: PreVote, moment: Moment): void {
  if (hasLeader(raft, from, moment)) return;
  const isFree = ask.term > raft.term || (ask.term === raft.term && mayVote(raft, from));
  const granted = isFree && isUpToDate(raft.log, ask);
  send(raft, from, { type: "raft.preVote.ok", term: granted ? ask.term : raft.term, granted });
}

/** Votes, once a term, for one whose log has all that this one has. */
export function onVote(raft: Raft, from: Address, ask: Vote, moment: Moment): void {
  if (ask.term > raft.term) {
    if (hasLeader(raft, from, moment)) return;
    becomeFollower(raft, ask.term, "");
  }
  const granted = ask.term === raft.term && mayVote(raft, from) && isUpToDate(raft.log, ask);
  if (granted && raft.vote !== from) {
    raft.vote = from;
    raft.changes++;
  }
  if (granted) resetElection(raft, moment);
  sendWhenStable(raft, from, { type: "raft.vote.ok", term: raft.term, granted });
}

/** Counts an answer to a pre-vote. */
export function onPreVoteAnswer(raft: Raft, from: Address, answer: PreVoteAnswer): void {
  if (!answer.granted && answer.term > raft.term) becomeFollower(raft, answer.term, "");
  if (raft.role !== "preCandidate" || (answer.granted && answer.term !== raft.term + 1)) return;
  raft.votes.set(from, answer.granted);
}

/** Counts a vote. */
export function onVoteAnswer(raft: Raft, from: Address, answer: VoteAnswer): void {
  if (answer.term > raft.term) becomeFollower(raft, answer.term, "");
  else if (raft.role === "candidate" && answer.term === raft.term) raft.votes.set(from, answer.granted);
}

/** Counts the own vote once it is durable. */
export function countOwnVote(raft: Raft): void {
  if (raft.role === "candidate" && raft.stableChanges >= raft.ownVoteChange) raft.votes.set(raft.self, true);
}

function mayVote({ vote, leader }: Raft, from: Address): boolean {
  return vote === from || (vote === "" && leader === "");
}

/**
 * Whether a leader was heard so lately that nobody needs another. The leader itself would not ask if it still led:
 * it was restarted.
 */
function hasLeader(raft: Raft, from: Address, { uptimeMs }: Moment): boolean {
  if (raft.role === "leader") return true;
  return raft.leader !== "" && raft.leader !== from && uptimeMs - raft.leaderHeardMs < raft.electionMs;
}
