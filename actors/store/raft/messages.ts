import type { Message } from "../../../runtime/mod.ts";
import type { Configuration } from "./configuration.ts";

/** Would you vote for me in `term`? Binds nobody, changes no term. */
export interface PreVote extends Message {
  readonly type: "raft.preVote";
  readonly term: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

/** When granted, `term` is the one asked for; when refused, the refuser's own. */
export interface PreVoteAnswer extends Message {
  readonly type: "raft.preVote.ok";
  readonly term: number;
  readonly granted: boolean;
}

/** Vote for me in `term`. */
export interface Vote extends Message {
  readonly type: "raft.vote";
  readonly term: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** The leader wants it: also who has heard it lately may vote. */
  readonly isTransfer?: boolean;
}

/** Sent when the vote is durable. */
export interface VoteAnswer extends Message {
  readonly type: "raft.vote.ok";
  readonly term: number;
  readonly granted: boolean;
}

/** The entries after `previousIndex`, each as its record in the log file: followers write what they are sent. */
export interface Append extends Message {
  readonly type: "raft.append";
  readonly term: number;
  readonly previousIndex: number;
  readonly previousTerm: number;
  readonly commit: number;
  readonly entries: readonly string[];
}

/** What is said by a replica that does not count yet names its life: see `rejoin.ts`. */
interface Answer extends Message {
  readonly term: number;
  readonly rejoining?: string;
}

/** Sent when everything up to `index` is durable, or at once when `previousIndex` (then `index`) does not match. */
export interface AppendAnswer extends Answer {
  readonly type: "raft.append.ok";
  readonly term: number;
  readonly index: number;
  readonly rejected: boolean;
  /** With `rejected`: the last entry that may match, and its term. */
  readonly hintIndex: number;
  readonly hintTerm: number;
}

/** The leader lives. `round` confirms reads. */
export interface Heartbeat extends Message {
  readonly type: "raft.heartbeat";
  readonly term: number;
  readonly commit: number;
  readonly round: number;
}

/** The leader is heard. */
export interface HeartbeatAnswer extends Answer {
  readonly type: "raft.heartbeat.ok";
  readonly term: number;
  readonly round: number;
}

/** Entries up to `commit` are committed; needs no answer. */
export interface Commit extends Message {
  readonly type: "raft.commit";
  readonly term: number;
  readonly commit: number;
}

/** A follower forwards what its clients want; `sequence` counts what this life of it forwards in the leader's term. */
export interface Propose extends Message {
  readonly type: "raft.propose";
  readonly term: number;
  readonly life: string;
  readonly sequence: number;
  readonly commands: readonly string[];
}

/** A follower asks up to where it must have applied to serve a linearizable read. */
export interface ReadIndex extends Message {
  readonly type: "raft.readIndex";
  readonly term: number;
  readonly context: number;
}

/** The answer: the commit index of a leader that was the leader after it was asked. */
export interface ReadIndexAnswer extends Message {
  readonly type: "raft.readIndex.ok";
  readonly term: number;
  readonly context: number;
  readonly index: number;
}

/** A part of a snapshot, for a follower that needs entries which the leader no longer has. */
export interface Snapshot extends Message {
  readonly type: "raft.snapshot";
  readonly term: number;
  readonly index: number;
  readonly snapshotTerm: number;
  readonly revision: number;
  readonly compactedRevision: number;
  readonly quotaBytes: number;
  readonly isFull: boolean;
  readonly configuration: Configuration;
  /** Counts from 0. */
  readonly part: number;
  readonly last: boolean;
  readonly text: string;
}

/** The part is durable; with the last one the whole snapshot is in use. */
export interface SnapshotAnswer extends Answer {
  readonly type: "raft.snapshot.ok";
  readonly term: number;
  readonly index: number;
  readonly part: number;
  readonly done: boolean;
}

/** The leader of this term wants the one that it tells to stand for election at once. */
export interface TimeoutNow extends Message {
  readonly type: "raft.timeoutNow";
  readonly term: number;
}

/** To whoever leads in `term`: this life has lost its disk and would come back. */
export interface Rejoin extends Message {
  readonly type: "raft.rejoin";
  readonly term: number;
  readonly life: string;
}

/** The welcome of that life is committed: with everything up to there it is a voter again. */
export interface RejoinAnswer extends Message {
  readonly type: "raft.rejoin.ok";
  readonly term: number;
  readonly life: string;
  readonly welcomeIndex: number;
}

/** That life has come back: its disk is whole. */
export interface Rejoined extends Message {
  readonly type: "raft.rejoined";
  readonly term: number;
  readonly life: string;
}

export type RaftMessage =
  | Rejoin
  | RejoinAnswer
  | Rejoined
  | PreVote
  | PreVoteAnswer
  | Vote
  | VoteAnswer
  | Append
  | AppendAnswer
  | Heartbeat
  | HeartbeatAnswer
  | Commit
  | Propose
  | ReadIndex
  | ReadIndexAnswer
  | Snapshot
  | TimeoutNow
  | SnapshotAnswer;
