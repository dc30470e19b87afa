import type { Address } from "../../../runtime/mod.ts";
import { createEntry } from "./entry.ts";
import { isUpToDate, lastIndex, lastTerm } from "./log.ts";
import type { PreVote, PreVoteAnswer, Vote, VoteAnswer } from "./messages.ts";
import { createProgress } from "./progress.ts";
import { voteResult } from "./quorum.ts";
import {
  appendOwn,
  becomeFollower,
  isPromotable,
  type Moment,
  type Raft,
  type RaftMail,
  resetElection,
  send,
  sendWhenStable,
  setLeader,
} from "./raft.ts";

/** Asks the other voters whether an election could be won; changes no term, so it disturbs nobody. */
export function campaign(raft: Raft, moment: Moment): void {
  raft.role = "preCandidate";
  if (raft.earlyElections !== undefined) raft.earlyElections++;
  setLeader(raft, "");
  resetElection(raft, moment);
  raft.votes.clear();
  raft.votes.set(raft.self, true);
  const end = { lastIndex: lastIndex(raft.log), lastTerm: lastTerm(raft.log) };
  for (const peer of otherVoters(raft)) send(raft, peer, { type: "raft.preVote", term: raft.term + 1, ...end });
  conclude(raft, moment);
}

/** Stands for election at once: the leader wants it, so that its voice does not keep others from voting. */
export function campaignForTransfer(raft: Raft, moment: Moment): void {
  if (isPromotable(raft)) becomeCandidate(raft, { isTransfer: true, moment });
}

/** Opens a new term and asks for votes in it, once the own vote is durable. */
function becomeCandidate(raft: Raft, { isTransfer, moment }: { isTransfer: boolean; moment: Moment }): void {
  raft.role = "candidate";
  raft.term++;
  raft.vote = raft.self;
  raft.changes++;
  raft.ownVoteChange = raft.changes;
  setLeader(raft, "");
  resetElection(raft, moment);
  raft.votes.clear();
  const end = { lastIndex: lastIndex(raft.log), lastTerm: lastTerm(raft.log), ...(isTransfer ? { isTransfer } : {}) };
  for (const peer of otherVoters(raft)) sendWhenStable(raft, peer, { type: "raft.vote", term: raft.term, ...end });
}

/** Leads, beginning with an entry of its own: what older terms left is committed with it. */
function becomeLeader(raft: Raft, moment: Moment): void {
  raft.role = "leader";
  raft.votes.clear();
  setLeader(raft, raft.self);
  resetElection(raft, moment);
  raft.heartbeatDueMs = moment.uptimeMs + raft.heartbeatMs;
  // What its predecessors left may have a change in it.
  raft.pendingChangeIndex = lastIndex(raft.log);
  raft.termStartIndex = lastIndex(raft.log) + 1;
  for (const peer of raft.peers) raft.progress.set(peer, createProgress(lastIndex(raft.log), moment.uptimeMs));
  appendOwn(raft, createEntry(raft.termStartIndex, raft.term, raft.beginCommand));
}

/** Goes on when the votes of this replica's (pre-)election are in. */
function conclude(raft: Raft, moment: Moment): void {
  const result = voteResult(raft.configuration, raft.votes);
  if (result === "open") return;
  if (result === "lost") becomeFollower(raft, raft.term, "");
  else if (raft.role === "preCandidate") becomeCandidate(raft, { isTransfer: false, moment });
  else becomeLeader(raft, moment);
}

/** Answers whether it would vote for the asker. */
export function onPreVote(raft: Raft, { from, body: ask }: RaftMail<PreVote>, moment: Moment): void {
  if (hasLeader(raft, from, moment)) return;
  const isFree = ask.term > raft.term || (ask.term === raft.term && mayVote(raft, from));
  const granted = isFree && isUpToDate(raft.log, ask);
  send(raft, from, { type: "raft.preVote.ok", term: granted ? ask.term : raft.term, granted });
}

/** Votes, once a term, for one whose log has all that this one has. */
export function onVote(raft: Raft, { from, body: ask }: RaftMail<Vote>, moment: Moment): void {
  if (ask.term > raft.term) {
    if (!ask.isTransfer && hasLeader(raft, from, moment)) return;
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
export function onPreVoteAnswer(raft: Raft, { from, body: answer }: RaftMail<PreVoteAnswer>, moment: Moment): void {
  if (!answer.granted && answer.term > raft.term) becomeFollower(raft, answer.term, "");
  if (raft.role !== "preCandidate" || (answer.granted && answer.term !== raft.term + 1)) return;
  raft.votes.set(from, answer.granted);
  conclude(raft, moment);
}

/** Counts a vote. */
export function onVoteAnswer(raft: Raft, { from, body: answer }: RaftMail<VoteAnswer>, moment: Moment): void {
  if (answer.term > raft.term) becomeFollower(raft, answer.term, "");
  if (raft.role !== "candidate" || answer.term !== raft.term) return;
  raft.votes.set(from, answer.granted);
  conclude(raft, moment);
}

/** Counts the own vote once it is durable. */
export function countOwnVote(raft: Raft, moment: Moment): void {
  if (raft.role !== "candidate" || raft.stableChanges < raft.ownVoteChange || raft.votes.has(raft.self)) return;
  raft.votes.set(raft.self, true);
  conclude(raft, moment);
}

function otherVoters({ configuration, self }: Raft): Address[] {
  const voters = new Set([...configuration.voters, ...configuration.outgoing]);
  voters.delete(self);
  return [...voters];
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
