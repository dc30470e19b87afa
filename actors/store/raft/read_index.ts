import type { Address } from "../../../runtime/mod.ts";
import type { ReadIndex, ReadIndexAnswer } from "./messages.ts";
import { isQuorum } from "./quorum.ts";
import { type Moment, type Raft, type RaftMail, send } from "./raft.ts";
import type { Read } from "./reads.ts";
import type { ReadRequest } from "./requests.ts";
import { hasCommittedInTerm } from "./view.ts";
import { welcome } from "./welcome.ts";

/**
 * Linearizable reads without writing to the log (Ongaro's thesis, 6.4): a leader that has committed in its term notes
 * its commit index, and makes sure by a round of heartbeats that it still leads; whoever has applied up to that index
 * may read. One round, and one question to the leader, is under way at a time, for all reads that came before it.
 */
export function addRead(raft: Raft, { context }: ReadRequest): void {
  raft.reads.waiting.push({ from: raft.self, context });
}

/** Forgets the reads about which nobody was asked yet. */
export function abandonReads({ reads, self }: Raft): void {
  reads.waiting.splice(0, Number.POSITIVE_INFINITY, ...reads.waiting.filter((read) => read.from !== self));
}

/** Gives out the reads for which what is committed is enough. */
export function takeConfirmed({ reads, commitIndex }: Raft): readonly number[] {
  const { confirmed } = reads;
  if (confirmed.length === 0) return nothing;
  const served = confirmed.filter(({ index }) => index <= commitIndex);
  confirmed.splice(0, Number.POSITIVE_INFINITY, ...confirmed.filter(({ index }) => index > commitIndex));
  return served.flatMap(({ contexts }) => contexts);
}

const nothing: readonly number[] = [];

/** Starts what can be started: a round, or a question to the leader. */
export function advanceReads(raft: Raft, moment: Moment): void {
  const { reads } = raft;
  if (reads.waiting.length === 0) return;
  if (raft.role === "leader") {
    if (reads.confirming || !hasCommittedInTerm(raft)) return;
    const taken = reads.waiting.splice(0);
    reads.round++;
    reads.confirming = { round: reads.round, index: raft.commitIndex, reads: taken, heard: new Set([raft.self]) };
    heartbeat(raft);
    concludeRound(raft);
  } else if (raft.leader !== "" && !reads.asked) {
    // A name that no other life of this replica used: an answer to a question of a former life is too old.
    reads.asked = { context: moment.nextId(), atMs: moment.uptimeMs, reads: reads.waiting.splice(0) };
    askLeader(raft);
  }
}

/** Asks again when the question, or its answer, seems lost. */
export function retryRead(raft: Raft, moment: Moment): void {
  const { asked } = raft.reads;
  if (!asked || moment.uptimeMs - asked.atMs < 2 * raft.heartbeatMs) return;
  raft.reads.asked = { ...asked, atMs: moment.uptimeMs };
  askLeader(raft);
}

/** Tells all followers that the leader lives. */
export function heartbeat(raft: Raft): void {
  for (const [peer, progress] of raft.progress) {
    welcome(raft, peer, progress);
    const commit = Math.min(progress.match, raft.commitIndex);
    send(raft, peer, { type: "raft.heartbeat", term: raft.term, commit, round: raft.reads.round });
  }
}

/** Counts a follower that has answered a round. */
export function confirmRound(raft: Raft, from: Address, round: number): void {
  const { confirming } = raft.reads;
  if (!confirming || round < confirming.round) return;
  confirming.heard.add(from);
  concludeRound(raft);
}

/** Takes a follower's question. */
export function onReadIndex(raft: Raft, { from, body: { term, context } }: RaftMail<ReadIndex>): void {
  if (term !== raft.term || raft.role !== "leader") return;
  raft.reads.waiting.push({ from, context });
}

/** Takes the leader's answer. */
export function onReadIndexAnswer(raft: Raft, { body: { context, index } }: RaftMail<ReadIndexAnswer>): void {
  const { asked } = raft.reads;
  if (asked?.context !== context) return;
  raft.reads.asked = undefined;
  raft.reads.confirmed.push({ index, contexts: asked.reads.map((read) => read.context) });
}

function askLeader(raft: Raft) {
  const { asked } = raft.reads;
  if (asked) send(raft, raft.leader, { type: "raft.readIndex", term: raft.term, context: asked.context });
}

/** Answers the reads of a round that a quorum has answered. */
export function concludeRound(raft: Raft): void {
  const { confirming } = raft.reads;
  if (!confirming || !isQuorum(raft.configuration, (id) => confirming.heard.has(id))) return;
  raft.reads.confirming = undefined;
  const { index, reads } = confirming;
  const mine: number[] = [];
  for (const read of reads) answer(raft, read, { index, mine });
  if (mine.length > 0) raft.reads.confirmed.push({ index, contexts: mine });
}

function answer(raft: Raft, { from, context }: Read, { index, mine }: { index: number; mine: number[] }) {
  if (from === raft.self) mine.push(context);
  else send(raft, from, { type: "raft.readIndex.ok", term: raft.term, context, index });
}
