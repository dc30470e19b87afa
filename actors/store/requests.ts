import type { Address, AskId, Mail, Step } from "../../runtime/mod.ts";
import { askRaft } from "./ask_raft.ts";
import type { StoreData } from "./data.ts";
import type { Applied } from "./keyspace/apply.ts";
import { type Command, encodeCommand } from "./keyspace/command.ts";
import type { Keyspace } from "./keyspace/keyspace.ts";
import { leaseStates } from "./keyspace/leases.ts";
import { noSpace } from "./keyspace/quota.ts";
import { range } from "./keyspace/range.ts";
import { everyMember } from "./members.ts";
import type {
  CompactRequest,
  LeaseRequest,
  LeasesAnswer,
  LeasesRequest,
  RangeAnswer,
  RangeRequest,
  StatusAnswer,
  StoreError,
  TxnRequest,
} from "./messages.ts";
import { lastIndex } from "./raft/log.ts";
import { isRemoved, mayPropose } from "./raft/view.ts";
import { whyLeaderless } from "./removal.ts";

type Write = TxnRequest | CompactRequest | LeaseRequest;
type Read = RangeRequest | LeasesRequest;

/** A client that waits. */
interface Pending {
  readonly from: Address;
  readonly ask: AskId;
  readonly untilMs: number;
  /** A read's; a write's is in the log. */
  readonly read: Read | undefined;
  /** Characters of the command. */
  readonly length: number;
}

/** The clients of a replica. */
export interface Requests {
  /** By the id that their commands and reads carry, the longest waiting first. */
  readonly pending: Map<number, Pending>;
  /** Characters of the commands of all who wait. */
  pendingLength: number;
  /** Commands that no leader was told of yet: they were not carried out. */
  readonly waiting: { readonly id: number; readonly command: string }[];
  /** The last writes asked for, by client: the network may double a question. */
  readonly lately: Map<Address, Set<AskId>>;
  isTimed: boolean;
}

/** How long a client waits before it hears `timeout`. */
export const requestTimeoutMs = 5_000;

const pendingMax = 10_000;
const pendingLengthMax = 16 * 1024 * 1024;
const latelyMax = 256;
const latelyClientsMax = 1_024;
/** etcd's limit on a request. */
const requestLengthMax = 1.5 * 1024 * 1024;

/** Nobody waits. */
export function createRequests(): Requests {
  return {
    pending: new Map(),
    pendingLength: 0,
    waiting: [],
    lately: new Map(),
    isTimed: false,
  };
}

/** Puts a write into the log, or on its way to the leader. */
export function onWrite(data: StoreData, mail: Mail<Write>, step: Step): void {
  if (isDoubled(data.requests, mail)) return;
  if (data.space.isFull) {
    step.reply(mail, noSpace());
    return;
  }
  const id = step.nextId();
  const command = encodeCommand(commandOf(data, mail.body, id));
  if (command.length > requestLengthMax) {
    const message = `Cannot write ${command.length} characters: request is too large, the limit is ${requestLengthMax}`;
    step.reply(mail, { type: "store.error", code: "tooLarge", message } satisfies StoreError);
    return;
  }
  if (admit(data, mail, { id, read: undefined, length: command.length, step }))
    data.requests.waiting.push({ id, command });
}

function commandOf({ place: origin, life }: StoreData, body: Write, id: number): Command {
  switch (body.type) {
    case "store.compact":
      return { kind: "compact", origin, life, id, revision: body.revision };
    case "store.lease": {
      const { action, id: lease, ttlSeconds = 0 } = body;
      return { kind: "lease", origin, life, id, action, lease, ttlSeconds };
    }
    case "store.txn":
      return { ...body, kind: "txn", origin, life, id };
  }
}

/** Reads: as the replica is, or as the group is. */
export function onRead(data: StoreData, mail: Mail<Read>, step: Step): void {
  const { body } = mail;
  if (body.type === "store.range" && body.serializable) step.reply(mail, range(data.keyspace, body));
  else {
    const id = step.nextId();
    if (admit(data, mail, { id, read: body, length: 0, step })) askRaft(data, { type: "read", context: id }, step);
  }
}

/** Tells what the replica knows. */
export function onStatus({ raft, keyspace, rejoin }: StoreData, mail: Mail, step: Step): void {
  const { self, term } = raft;
  const { appliedIndex, revision, compactedRevision, space } = keyspace;
  const { quotaBytes, liveBytes, historyBytes, isFull } = space;
  const leader = raft.leader === "" ? undefined : raft.leader;
  step.reply(mail, {
    ...{ type: "store.status.ok", self, leader, term, lastIndex: lastIndex(raft.log), appliedIndex, revision },
    ...{ compactedRevision, members: everyMember(raft) },
    ...{ quotaBytes, liveBytes, historyBytes, alarms: isFull ? ["NOSPACE"] : [] },
    ...(rejoin ? { rebuilding: rejoin.why } : {}),
  } satisfies StatusAnswer);
}

/** Refuses: nothing was done. */
export function refuse(mail: Pick<Mail, "from" | "ask">, why: string, step: Step): void {
  const message = `Cannot ask the store: ${why}, ask again later or ask another replica`;
  step.reply(mail, { type: "store.error", code: "unavailable", message } satisfies StoreError);
}

/** Refuses what is asked of a replica that can do nothing yet; a copy that the network made of it may come when it can. */
export function refuseForNow(
  { requests }: StoreData,
  mail: Pick<Mail, "from" | "ask">,
  { why, step }: { readonly why: string; readonly step: Step },
): void {
  if (!isDoubled(requests, mail)) refuse(mail, why, step);
}

/** Gives the waiting commands to Raft, once they would get to a leader. */
export function dispatchWaiting(data: StoreData, step: Step): void {
  const { waiting } = data.requests;
  if (waiting.length === 0 || !mayPropose(data.raft)) return;
  const commands = waiting.splice(0).map((each) => each.command);
  askRaft(data, { type: "propose", commands }, step);
}

/** Answers the client whose write was applied, when it is this replica's. */
export function answerWrite(
  requests: Requests,
  { id, answer, step }: { id: number; answer: Applied; step: Step },
): void {
  const waiting = takePending(requests, id);
  if (!waiting) return;
  step.reply(waiting, answer);
}

/** Answers reads: enough is applied. */
export function answerReads({ requests, keyspace }: StoreData, ids: readonly number[], step: Step): void {
  for (const id of ids) {
    const waiting = takePending(requests, id);
    if (waiting?.read) step.reply(waiting, answerOf(keyspace, waiting.read));
  }
}

function answerOf(keyspace: Keyspace, read: Read): RangeAnswer | LeasesAnswer | StoreError {
  if (read.type === "store.range") return range(keyspace, read);
  const leases = leaseStates(keyspace.leases, read.id);
  return { type: "store.leases.ok", revision: keyspace.revision, leases };
}

/** Gives up on clients that waited too long: what they wanted may still be done. */
export function expireRequests({ requests }: StoreData, step: Step): void {
  requests.isTimed = false;
  for (const [id, each] of requests.pending) {
    if (each.untilMs > step.uptimeMs) {
      arm(requests, each.untilMs - step.uptimeMs, step);
      return;
    }
    takePending(requests, id);
    const message = "Cannot finish the request: request timed out, it may or may not have been carried out";
    step.reply(each, { type: "store.error", code: "timeout", message } satisfies StoreError);
  }
}

/** Tells those whose writes wait for a full disk: what no leader was told of is not done, of the rest nobody knows. */
export function refuseWrites(requests: Requests, step: Step): void {
  const untold = new Set(requests.waiting.splice(0).map((each) => each.id));
  for (const [id, { read: isRead }] of requests.pending) {
    const waiting = isRead ? undefined : takePending(requests, id);
    if (!waiting) continue;
    const message = "Cannot finish the request: no space left on device, it may or may not be carried out";
    const doubtful: StoreError = { type: "store.error", code: "timeout", message };
    step.reply(waiting, untold.has(id) ? noSpace() : doubtful);
  }
}

/** Refuses all who wait for a leader. */
export function refuseWaiting(data: StoreData, step: Step): void {
  const { raft, requests } = data;
  const reads = raft.reads.waiting.filter((read) => read.from === raft.self);
  const ids = [...requests.waiting.splice(0).map((each) => each.id), ...reads.map((each) => each.context)];
  askRaft(data, { type: "abandonReads" }, step);
  for (const id of ids) {
    const waiting = takePending(requests, id);
    if (waiting) refuse(waiting, whyLeaderless(data), step);
  }
}

function admit(
  data: StoreData,
  { from, ask }: Mail,
  { id, read, length, step }: { id: number; read: Read | undefined; length: number; step: Step },
): boolean {
  const { requests, leaderlessSinceMs = Number.POSITIVE_INFINITY, electionMs } = data;
  const isLeaderless = step.uptimeMs - leaderlessSinceMs >= electionMs;
  const isCrowded = length > 0 && requests.pendingLength > pendingLengthMax;
  if (isRemoved(data.raft)) {
    refuse({ from, ask }, "this replica was removed from the group", step);
    return false;
  }
  if (isLeaderless || isCrowded || requests.pending.size >= pendingMax) {
    const crowd = isCrowded ? `${requests.pendingLength} characters of writes wait` : `${pendingMax} requests wait`;
    refuse({ from, ask }, isLeaderless ? whyLeaderless(data) : crowd, step);
    return false;
  }
  requests.pending.set(id, { from, ask, untilMs: step.uptimeMs + requestTimeoutMs, read, length });
  requests.pendingLength += length;
  if (!requests.isTimed) arm(requests, requestTimeoutMs, step);
  return true;
}

function takePending(requests: Requests, id: number): Pending | undefined {
  const waiting = requests.pending.get(id);
  if (!waiting) return undefined;
  requests.pending.delete(id);
  requests.pendingLength -= waiting.length;
  return waiting;
}

function arm(requests: Requests, delayMs: number, step: Step) {
  requests.isTimed = true;
  step.timer("requests", Math.max(1, Math.ceil(delayMs)));
}

function isDoubled({ lately }: Requests, { from, ask }: Pick<Mail, "from" | "ask">): boolean {
  if (ask === 0) return false;
  let asks = lately.get(from);
  if (!asks) {
    asks = new Set();
    lately.set(from, asks);
    const [oldestClient] = lately.keys();
    if (lately.size > latelyClientsMax && oldestClient !== undefined) lately.delete(oldestClient);
  }
  if (asks.has(ask)) return true;
  asks.add(ask);
  const [oldest] = asks;
  if (asks.size > latelyMax && oldest !== undefined) asks.delete(oldest);
  return false;
}
