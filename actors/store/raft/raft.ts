import type { Address, Step } from "../../../runtime/mod.ts";
import { type Configuration, everyone, isVoter } from "./configuration.ts";
import type { Entry } from "./entry.ts";
import { append, lastIndex, type RaftLog } from "./log.ts";
import type { RaftMessage } from "./messages.ts";
import type { Progress } from "./progress.ts";
import { createReads, type Reads } from "./reads.ts";
import type { SequenceWindow } from "./sequence_window.ts";
import type { SnapshotEnd, Write } from "./write.ts";

/** What a replica is in its term; with pre-vote, a candidate first asks whether it could win. */
export type Role = "follower" | "preCandidate" | "candidate" | "leader";

/** The time, the luck and the fresh names of a step. */
export type Moment = Pick<Step, "uptimeMs" | "int" | "nextId">;

/** A message that is to be sent. */
export interface Outgoing {
  readonly to: Address;
  readonly message: RaftMessage;
}

/** What one replica says to another, with who said it. */
export interface RaftMail<Body> {
  readonly from: Address;
  readonly body: Body;
}

/**
 * One replica of the Raft algorithm (Ongaro's thesis), as data. It is changed through its door alone (`core.ts`);
 * everybody may look at it.
 */
export interface Raft {
  readonly self: Address;
  /** Names this life of the replica among all. */
  readonly life: string;
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly beginCommand: string;
  readonly founders: readonly Address[];

  term: number;
  /** For whom this replica voted in `term`; empty for nobody. */
  vote: Address;
  readonly log: RaftLog;
  commitIndex: number;
  /** Entries up to here were given out to be applied. */
  appliedIndex: number;

  /** Who the group is made of, by the committed entries up to `configuredIndex`. */
  configuration: Configuration;
  configuredIndex: number;
  /** All of the configuration but itself. */
  peers: readonly Address[];
  /** A leader's: a change that was proposed lies no further than here. */
  pendingChangeIndex: number;

  role: Role;
  /** Empty when unknown. */
  leader: Address;
  /** When a leader was last heard, in uptime. */
  leaderHeardMs: number;
  /** Without word of a leader until then, an election starts; a leader counts who it heard. */
  electionDeadlineMs: number;
  /** A leader's: when it has to say again that it lives. */
  heartbeatDueMs: number;
  /** Elections this life has seen come to nothing while it never knew a leader: they start early, then back off. */
  earlyElections: number | undefined;
  readonly votes: Map<Address, boolean>;
  /** The change with which the own vote is durable. */
  ownVoteChange: number;

  /** A leader's: what it knows of the others. */
  readonly progress: Map<Address, Progress>;
  /** A leader's: the entry with which its term began. */
  termStartIndex: number;
  /** A leader's: to whom it hands over, and until when it tries. */
  transfer: { readonly to: Address; readonly untilMs: number } | undefined;
  /** What was forwarded in its term, by the lives of its followers. */
  readonly forwards: Map<string, SequenceWindow>;
  /** Counts what this life forwarded to the leader of a term. */
  forwarded: { term: number; sequence: number };
  readonly reads: Reads;

  /** Counts the changes of what must be durable, and up to which of them it is. */
  changes: number;
  stableChanges: number;
  /** The last entry of the log that is durable here, as a leader counts itself. */
  stableIndex: number;
  /** The write that was given out and is not yet done. */
  writing: Write | undefined;
  /** With the next write the log's file begins anew behind this snapshot. */
  rewrite: SnapshotEnd | undefined;

  /** The way back of a life that has lost its disk; undefined for a member: see `rejoin.ts`. */
  rejoin: Rejoining | undefined;
  readonly outbox: Outgoing[];
  /** Messages that wait for a change to be durable. */
  readonly gated: { readonly change: number; readonly term: number; readonly outgoing: Outgoing }[];
  /** Parts of snapshots, and answers to such, for those who keep the snapshots. */
  readonly snapshotMail: RaftMail<RaftMessage>[];
}

/** How far a replica is that comes back without its disk. */
export interface Rejoining {
  readonly stage: "asking" | "welcomed" | "catchingUp";
  /** 0 while it has no welcome. */
  readonly welcomeIndex: number;
}

/** What a replica starts from: what its disk gave back. */
export interface RaftStart {
  readonly self: Address;
  /** Names this life of the replica among all. */
  readonly life: string;
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly term: number;
  readonly vote: Address;
  readonly commitIndex: number;
  readonly log: RaftLog;
  /** Who the group was made of where the log begins. */
  readonly configuration: Configuration;
  /** The voters of a group whose log does not say who they are: one of before logs did. */
  readonly founders: readonly Address[];
  /** The command with which it begins when it leads. */
  readonly beginCommand: string;
}

/** Makes a replica; it is a follower that knows no leader. */
export function newRaft(start: RaftStart): Raft {
  const { snapshotIndex } = start.log;
  return {
    ...start,
    ...{ appliedIndex: snapshotIndex, configuredIndex: snapshotIndex, pendingChangeIndex: 0 },
    peers: peersOf(start.configuration, start.self),
    ...{ role: "follower", leader: "", leaderHeardMs: Number.NEGATIVE_INFINITY },
    ...{ electionDeadlineMs: 0, heartbeatDueMs: 0, earlyElections: 0 },
    ...{ votes: new Map(), ownVoteChange: 0, progress: new Map(), termStartIndex: 0, transfer: undefined },
    ...{ forwards: new Map(), forwarded: { term: 0, sequence: 0 }, reads: createReads() },
    ...{
      changes: start.log.unstableFrom > lastIndex(start.log) ? 0 : 1,
      stableChanges: 0,
      stableIndex: start.log.unstableFrom - 1,
      writing: undefined,
      rewrite: undefined,
    },
    ...{ rejoin: undefined, outbox: [], gated: [], snapshotMail: [] },
  };
}

/** All of a configuration but one. */
export function peersOf(configuration: Configuration, self: Address): Address[] {
  return everyone(configuration).filter((id) => id !== self);
}

/** Whether it may stand for election. */
export function isPromotable({ configuration, self, rejoin }: Raft): boolean {
  return rejoin === undefined && isVoter(configuration, self);
}

/** Sends a message now. */
export function send(raft: Raft, to: Address, message: RaftMessage): void {
  raft.outbox.push({ to, message: signed(raft, message) });
}

/** Whose life does not count says so with everything that it says. */
function signed({ rejoin, life }: Raft, message: RaftMessage): RaftMessage {
  return rejoin?.stage === "catchingUp" ? ({ ...message, rejoining: life } as RaftMessage) : message;
}

/** Sends a message when all that this replica has changed so far is durable. */
export function sendWhenStable(raft: Raft, to: Address, message: RaftMessage): void {
  const { changes, term } = raft;
  if (raft.stableChanges >= changes) send(raft, to, message);
  else raft.gated.push({ change: changes, term, outgoing: { to, message: signed(raft, message) } });
}

/** Takes note that everything up to a change is durable; what was said in an older term is not worth sending. */
export function releaseGated(raft: Raft, change: number): void {
  raft.stableChanges = Math.max(raft.stableChanges, change);
  while (raft.gated.length > 0 && (raft.gated[0]?.change ?? 0) <= raft.stableChanges) {
    const released = raft.gated.shift();
    if (released && released.term === raft.term) raft.outbox.push(released.outgoing);
  }
}

/** Sets a new random time for an election. */
export function resetElection(raft: Raft, moment: Moment): void {
  raft.electionDeadlineMs = moment.uptimeMs + electionTimeoutMs(raft, moment);
}

/**
 * Between one and two election timeouts. A replica that has not known a leader since it started asks sooner: nobody is
 * disturbed by it, as a pre-vote changes nothing and is refused by those who have a leader.
 */
function electionTimeoutMs(raft: Raft, moment: Moment): number {
  const { electionMs, heartbeatMs, earlyElections, configuration, peers, self } = raft;
  if (peers.length === 0) return raft.role === "follower" ? 0 : electionMs;
  if (earlyElections === undefined) return electionMs + moment.int(electionMs);
  const place = 1 + configuration.voters.indexOf(self);
  if (earlyElections === 0) return (heartbeatMs / 2) * place + moment.int(heartbeatMs / 4 + 1);
  const early = heartbeatMs * 2 ** Math.min(earlyElections, 8);
  return Math.min(early, electionMs) + moment.int(Math.min(early, electionMs));
}

/** Becomes a follower, in this term or in a new one. */
export function becomeFollower(raft: Raft, term: number, leader: Address): void {
  if (term > raft.term) {
    raft.term = term;
    raft.vote = "";
    raft.changes++;
  }
  if (raft.role === "leader") leaveLeadership(raft);
  raft.role = "follower";
  raft.votes.clear();
  setLeader(raft, leader);
}

/** Takes note of who leads; reads that were put to another leader are put again. */
export function setLeader(raft: Raft, leader: Address): void {
  if (leader !== "") raft.earlyElections = undefined;
  if (raft.leader === leader) return;
  raft.leader = leader;
  const { reads } = raft;
  if (reads.asked) reads.waiting.unshift(...reads.asked.reads);
  reads.asked = undefined;
}

function leaveLeadership(raft: Raft) {
  const { reads, self } = raft;
  raft.progress.clear();
  raft.forwards.clear();
  raft.transfer = undefined;
  const mine = [...(reads.confirming?.reads ?? []), ...reads.waiting].filter((read) => read.from === self);
  reads.confirming = undefined;
  reads.waiting.splice(0, Number.POSITIVE_INFINITY, ...mine);
}

/** Adds an entry of this leader's own; it counts once it is durable. */
export function appendOwn(raft: Raft, entry: Entry): void {
  append(raft.log, entry);
  raft.changes++;
}

/** Moves the commit index; never back, never beyond the log. */
export function commitTo(raft: Raft, index: number): void {
  raft.commitIndex = Math.max(raft.commitIndex, Math.min(index, lastIndex(raft.log)));
}
