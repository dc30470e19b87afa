import type { Address, Step } from "../../../runtime/mod.ts";
import { type Configuration, votersOnly } from "./configuration.ts";
import type { Entry } from "./entry.ts";
import { lastIndex, type RaftLog } from "./log.ts";
import type { RaftMessage } from "./messages.ts";
import type { Progress } from "./progress.ts";
import { createReads, type Reads } from "./reads.ts";
import type { SequenceWindow } from "./sequence_window.ts";

/** What a replica is in its term; with pre-vote, a candidate first asks whether it could win. */
export type Role = "follower" | "preCandidate" | "candidate" | "leader";

/** The time, the luck and the fresh names of a step. */
export type Moment = Pick<Step, "uptimeMs" | "int" | "nextId">;

/** How Raft is made to fail, in tests only. */
export interface RaftDefects {
  readonly ackBeforeSync: boolean;
}

/** A message that is to be sent. */
export interface Outgoing {
  readonly to: Address;
  readonly message: RaftMessage;
}

/**
 * One replica of the Raft algorithm (Ongaro's thesis), as data. It has no input or output: functions change it, put
 * messages into `outbox`, and leave what must become durable in `term`, `vote` and the log. Whoever drives it writes
 * that down and calls `stabilized`; only then do messages leave that tell others of it.
 */
export interface Raft {
  readonly self: Address;
  readonly members: readonly Address[];
  readonly peers: readonly Address[];
  readonly configuration: Configuration;
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly defects: RaftDefects;

  term: number;
  /** For whom this replica voted in `term`; empty for nobody. */
  vote: Address;
  readonly log: RaftLog;
  commitIndex: number;

  role: Role;
  /** Empty when unknown. */
  leader: Address;
  /** When a leader was last heard, in uptime. */
  leaderHeardMs: number;
  /** Without word of a leader until then, an election starts; a leader counts who it heard. */
  electionDeadlineMs: number;
  electionDue: boolean;
  /** Elections this life has seen come to nothing while it never knew a leader: they start early, then back off. */
  earlyElections: number | undefined;
  readonly votes: Map<Address, boolean>;
  /** The change with which the own vote is durable. */
  ownVoteChange: number;

  /** A leader's: what it knows of the others. */
  readonly progress: Map<Address, Progress>;
  /** A leader's: the entry with which its term began. */
  termStartIndex: number;
  /** What was forwarded in its term, by the lives of its followers. */
  readonly forwards: Map<string, SequenceWindow>;
  readonly reads: Reads;
  lostQuorum: boolean;

  /** Counts the changes of what must be durable, and up to which of them it is. */
  changes: number;
  stableChanges: number;
  /** The last entry of the log that is durable here, as a leader counts itself. */
  stableIndex: number;
  /** The life that does not count yet, as it has lost its disk; empty for a member: see `rejoin.ts`. */
  rejoining: string;
  readonly outbox: Outgoing[];
  /** Messages that wait for a change to be durable. */
  readonly gated: { readonly change: number; readonly term: number; readonly outgoing: Outgoing }[];
}

/** What a replica starts from: what its disk gave back. */
export interface RaftStart {
  readonly self: Address;
  readonly members: readonly Address[];
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly term: number;
  readonly vote: Address;
  readonly commitIndex: number;
  readonly log: RaftLog;
  readonly defects: RaftDefects;
}

/** Makes a replica; it is a follower that knows no leader. */
export function createRaft(start: RaftStart, moment: Moment): Raft {
  const raft: Raft = {
    ...start,
    peers: start.members.filter((member) => member !== start.self),
    configuration: votersOnly(start.members),
    role: "follower",
    leader: "",
    leaderHeardMs: Number.NEGATIVE_INFINITY,
    electionDeadlineMs: 0,
    electionDue: false,
    earlyElections: 0,
    votes: new Map(),
    ownVoteChange: 0,
    progress: new Map(),
    termStartIndex: 0,
    forwards: new Map(),
    reads: createReads(),
    lostQuorum: false,
    changes: 0,
    stableChanges: 0,
    stableIndex: lastIndex(start.log),
    rejoining: "",
    outbox: [],
    gated: [],
  };
  resetElection(raft, moment);
  return raft;
}

/** Sends a message now. */
export function send(raft: Raft, to: Address, message: RaftMessage): void {
  raft.outbox.push({ to, message: signed(raft, message) });
}

/** Whose life does not count says so with everything that it says. */
function signed({ rejoining }: Raft, message: RaftMessage): RaftMessage {
  return rejoining === "" ? message : ({ ...message, rejoining } as RaftMessage);
}

/** Sends a message when all that this replica has changed so far is durable. */
export function sendWhenStable(raft: Raft, to: Address, message: RaftMessage): void {
  const { changes, term } = raft;
  const isTooEarly = raft.defects.ackBeforeSync && message.type === "raft.append.ok";
  if (raft.stableChanges >= changes || isTooEarly) send(raft, to, message);
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
  raft.electionDue = false;
  raft.electionDeadlineMs = moment.uptimeMs + electionTimeoutMs(raft, moment);
}

/**
 * Between one and two election timeouts. A replica that has not known a leader since it started asks sooner: nobody is
 * disturbed by it, as a pre-vote changes nothing and is refused by those who have a leader.
 */
function electionTimeoutMs(raft: Raft, moment: Moment): number {
  const { electionMs, heartbeatMs, earlyElections, members, self } = raft;
  if (members.length === 1) return raft.role === "follower" ? 0 : electionMs;
  if (earlyElections === undefined) return electionMs + moment.int(electionMs);
  if (earlyElections === 0) return (heartbeatMs / 2) * (1 + members.indexOf(self)) + moment.int(heartbeatMs / 4 + 1);
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
  raft.lostQuorum = false;
  const mine = [...(reads.confirming?.reads ?? []), ...reads.waiting].filter((read) => read.from === self);
  reads.confirming = undefined;
  reads.waiting.splice(0, Number.POSITIVE_INFINITY, ...mine);
}

/** Adds an entry of this leader's own; it counts once it is durable. */
export function appendOwn(raft: Raft, entry: Entry): void {
  raft.log.entries.push(entry);
  raft.changes++;
}

/** Moves the commit index; never back, never beyond the log. */
export function commitTo(raft: Raft, index: number): void {
  raft.commitIndex = Math.max(raft.commitIndex, Math.min(index, lastIndex(raft.log)));
}
