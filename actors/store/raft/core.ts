import type { Address } from "../../../runtime/mod.ts";
import { campaign, onPreVote, onPreVoteAnswer, onVote, onVoteAnswer } from "./election.ts";
import type { Entry } from "./entry.ts";
import { onAppend, onCommit, onHeartbeat } from "./follow.ts";
import { onPropose, propose, tickLeader } from "./lead.ts";
import { entriesBetween, forgetTo } from "./log.ts";
import { applyConfigurations, proposeChange, settledChangeIndex } from "./membership.ts";
import type { RaftMessage } from "./messages.ts";
import {
  commitTo,
  isPromotable,
  type Moment,
  newRaft,
  type Outgoing,
  type Raft,
  type RaftMail,
  type RaftStart,
  resetElection,
} from "./raft.ts";
import { abandonReads, addRead, advanceReads, onReadIndex, onReadIndexAnswer, takeConfirmed } from "./read_index.ts";
import { askToRejoin, onRejoin, onRejoined, onWelcome, rejoin } from "./rejoin.ts";
import { onAppendAnswer, onHeartbeatAnswer, replicate } from "./replicate.ts";
import type { ForgetRequest, RaftRequest, Refusal, RewriteRequest } from "./requests.ts";
import {
  onSnapshot,
  onSnapshotAnswer,
  snapshotBegun,
  snapshotFailed,
  snapshotRestored,
  snapshotStored,
  wantingSnapshots,
} from "./snapshot.ts";
import { stabilized, takeWrite } from "./stable.ts";
import { onTimeoutNow, transfer } from "./transfer.ts";
import type { Write } from "./write.ts";

/** What Raft wants done; it counts all of it as under way. */
export interface Ready {
  /**
   * What must become durable; undefined where there is nothing new, or a write is under way. When it is durable
   * `advance` must hear of it.
   */
  readonly write: Write | undefined;
  /** What is to be sent: nothing in it tells of what is not durable; that comes with the ready after `advance`. */
  readonly messages: readonly Outgoing[];
  /** What is committed, in order, each entry once a life: to be applied now. */
  readonly committed: readonly Entry[];
  /** The contexts of reads that see what they must as soon as `committed` is applied. */
  readonly reads: readonly number[];
  /** Followers that need a snapshot; `snapshotBegun` says that one is on its way. */
  readonly snapshotsTo: readonly Address[];
  /** Parts of a snapshot, and answers to parts, to go on with. */
  readonly snapshotMail: readonly RaftMail<RaftMessage>[];
  /** When `tick` is due, in uptime, if nothing comes before; undefined where time makes no difference. */
  readonly wakeMs: number | undefined;
}

/**
 * The one door of Raft: a replica is made, told what came in and what time it is, and asked what to do. Nothing else
 * changes it, and it does nothing itself.
 *
 * @example
 * const raft = core.create(start, step)
 * core.step(raft, { from: "store/1", body: message }, step)
 * const { write, messages } = core.ready(raft, step)
 * // when the write is durable
 * core.advance(raft, write, step)
 */
export const core = { create, step, tick, ready, advance } as const;

/** Makes a replica of what its disk gave back. */
function create(start: RaftStart, moment: Moment): Raft {
  const raft = newRaft(start);
  commitTo(raft, settledChangeIndex(start.log));
  applyConfigurations(raft, moment);
  resetElection(raft, moment);
  return raft;
}

/** Takes a message of another replica, or a request of its own shell (`from` is itself); says why one is not taken. */
function step(raft: Raft, mail: RaftMail<RaftMessage | RaftRequest>, moment: Moment): Refusal | undefined {
  const refusal = isRequest(mail.body)
    ? ask(raft, mail.body, moment)
    : receive(raft, mail as RaftMail<RaftMessage>, moment);
  applyConfigurations(raft, moment);
  return refusal;
}

/** Takes note of what time it is. */
function tick(raft: Raft, moment: Moment): void {
  if (raft.role === "leader") tickLeader(raft, moment);
  else if (moment.uptimeMs >= raft.electionDeadlineMs) {
    if (isPromotable(raft)) campaign(raft, moment);
    else resetElection(raft, moment);
  }
}

/** Gives out what is to be done. */
function ready(raft: Raft, moment: Moment): Ready {
  advanceReads(raft, moment);
  if (raft.role === "leader") replicate(raft);
  const { outbox, snapshotMail } = raft;
  return {
    write: takeWrite(raft),
    messages: outbox.length > 0 ? outbox.splice(0) : nothing,
    committed: takeCommitted(raft),
    reads: takeConfirmed(raft),
    snapshotsTo: wantingSnapshots(raft, moment),
    snapshotMail: snapshotMail.length > 0 ? snapshotMail.splice(0) : nothing,
    wakeMs: wakeMs(raft),
  };
}

/** Takes note that the write of a ready is durable. */
function advance(raft: Raft, write: Write, moment: Moment): void {
  stabilized(raft, write, moment);
  applyConfigurations(raft, moment);
}

const nothing: readonly never[] = [];

function takeCommitted(raft: Raft): readonly Entry[] {
  const { appliedIndex, commitIndex, log } = raft;
  if (appliedIndex >= commitIndex) return nothing;
  raft.appliedIndex = commitIndex;
  return entriesBetween(log, appliedIndex + 1, commitIndex);
}

function wakeMs(raft: Raft): number | undefined {
  const { role, electionDeadlineMs, heartbeatDueMs } = raft;
  if (role === "leader") return Math.min(electionDeadlineMs, heartbeatDueMs);
  return isPromotable(raft) ? electionDeadlineMs : undefined;
}

type Receive<Type> = (raft: Raft, mail: RaftMail<Extract<RaftMessage, { type: Type }>>, moment: Moment) => void;

const onMessage: { readonly [Type in RaftMessage["type"]]: Receive<Type> } = {
  "raft.preVote": onPreVote,
  "raft.preVote.ok": onPreVoteAnswer,
  "raft.vote": onVote,
  "raft.vote.ok": onVoteAnswer,
  "raft.append": onAppend,
  "raft.append.ok": onAppendAnswer,
  "raft.heartbeat": onHeartbeat,
  "raft.heartbeat.ok": onHeartbeatAnswer,
  "raft.commit": onCommit,
  "raft.propose": onPropose,
  "raft.readIndex": onReadIndex,
  "raft.readIndex.ok": onReadIndexAnswer,
  "raft.snapshot": onSnapshot,
  "raft.snapshot.ok": onSnapshotAnswer,
  "raft.timeoutNow": onTimeoutNow,
  "raft.rejoin": onRejoin,
  "raft.rejoin.ok": onWelcome,
  "raft.rejoined": onRejoined,
};

/** All that a replica hears whose life does not count, by how far it is. */
const heeded: { readonly [Stage in "asking" | "welcomed" | "catchingUp"]: readonly RaftMessage["type"][] } = {
  asking: ["raft.heartbeat", "raft.rejoin.ok"],
  welcomed: [],
  catchingUp: ["raft.append", "raft.heartbeat", "raft.commit", "raft.snapshot"],
};

function receive(raft: Raft, mail: RaftMail<RaftMessage>, moment: Moment): undefined {
  const { rejoin: way } = raft;
  const { body } = mail;
  if (way && !heeded[way.stage].includes(body.type)) return;
  if (way?.stage === "asking" && body.type === "raft.heartbeat") askToRejoin(raft, { from: mail.from, body });
  else (onMessage[body.type] as Receive<string> | undefined)?.(raft, mail as never, moment);
}

type Take<Type> = (raft: Raft, request: Extract<RaftRequest, { type: Type }>, moment: Moment) => void;

/** The requests that may come at the wrong time. */
type Refusable = "propose" | "change" | "transfer";

const onRequest: { readonly [Type in Exclude<RaftRequest["type"], Refusable>]: Take<Type> } = {
  read: addRead,
  abandonReads,
  forget,
  rewrite,
  snapshotBegun,
  snapshotFailed,
  snapshotStored,
  snapshotRestored,
  rejoin,
  cleared: rejoin,
  rejoined: rejoin,
};

function isRequest(body: RaftMessage | RaftRequest): body is RaftRequest {
  return !body.type.startsWith("raft.");
}

function ask(raft: Raft, request: RaftRequest, moment: Moment): Refusal | undefined {
  switch (request.type) {
    case "propose":
      return propose(raft, request);
    case "change":
      return proposeChange(raft, request);
    case "transfer":
      return transfer(raft, request, moment);
    default:
      (onRequest[request.type] as Take<string>)(raft, request as never, moment);
      return undefined;
  }
}

/** What is not yet given to the disk, and what the file is about to begin with, stays. */
function forget({ log, appliedIndex, rewrite: begins }: Raft, { index }: ForgetRequest): void {
  forgetTo(log, Math.min(index, appliedIndex, log.unstableFrom - 1, begins?.index ?? index));
}

function rewrite(raft: Raft, { index, term }: RewriteRequest): void {
  raft.rewrite = { index, term };
}
