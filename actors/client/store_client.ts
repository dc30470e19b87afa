import type { Address, Random, Step } from "../../runtime/mod.ts";
import type { Asks, Unanswered } from "../kit/asks.ts";
import { bucketsOf, type Histogram, observe } from "../kit/histogram.ts";
import type { Result } from "../kit/result.ts";
import type { KeyValue, Operation, StoreAnswer, StoreError, StoreRequest } from "../store/messages.ts";

/** What an answer of the store is handed to, in a later step. */
export type StoreThen = (answer: StoreAnswer, step: Step) => void;

interface Pending {
  readonly request: StoreRequest;
  readonly done: StoreThen;
  readonly untilMs: number;
  /** The replica it was put to. */
  member: number;
  /** How many replicas have refused it since it last waited. */
  refusals: number;
}

/** What is done with values on their way to the store, and from it. */
export interface Sealing {
  /** What is stored of a value. */
  seal(key: string, value: string, random: Random): string;
  /** A key as whoever asks is to see it; a text says why it cannot be. */
  open(kv: KeyValue): Result<KeyValue, string>;
}

/** The server's side of its talk with the store: which replica it prefers, what it has asked, what waits. */
export interface StoreClient {
  readonly members: readonly Address[];
  /** The replica that is asked now, an index into `members`. */
  member: number;
  readonly asks: Asks<Step>;
  /** Default: values are stored as they are. */
  readonly sealing?: Sealing;
  /** What it was asked and has not answered. */
  readonly pending: Set<Pending>;
  /** What all replicas refused, until the next try. */
  readonly parked: Pending[];
  /** How long its answers took, by what was asked. */
  readonly durations: Map<StoreRequest["type"], Histogram>;
  /** When the store last did something for this server. */
  lastOkMs: number;
  /** When it last refused, or did not answer. */
  lastFailureMs: number;
}

const readTimeoutMs = 2_000;
const writeTimeoutMs = 7_000;
const patienceMs = 10_000;
const retryMs = 100;
const parkedMax = 10_000;
/** The timer that puts parked requests again. */
export const storeRetryTimer = "store.retry";

/** Makes a client that prefers the replica of its own number. */
export function createStoreClient(members: readonly Address[], asks: Asks<Step>, step: Step): StoreClient {
  const own = Number(/(\d+)$/.exec(step.self)?.[1] ?? 0);
  return {
    members,
    member: own % members.length,
    asks,
    pending: new Set(),
    parked: [],
    durations: new Map(),
    lastOkMs: step.uptimeMs,
    lastFailureMs: Number.NEGATIVE_INFINITY,
  };
}

/** The replica that is asked now. */
export function currentReplica(client: StoreClient): Address {
  return client.members[client.member] ?? "";
}

/** Turns to the next replica. */
export function nextReplica(client: StoreClient): void {
  client.member = (client.member + 1) % client.members.length;
}

/**
 * Asks the store. What was certainly not done is put to the next replica until it is done or patience ends
 * (`unavailable`). Of a transaction that nobody answered nothing is known: it is reported as `timeout`, not repeated.
 */
export function askStore(client: StoreClient, step: Step, asked: StoreRequest, then: StoreThen): void {
  const { sealing } = client;
  const request = sealing ? sealedRequest(sealing, asked, step) : asked;
  const done: StoreThen = sealing ? (answer, later) => then(openedAnswer(sealing, answer), later) : then;
  put(client, step, { request, done, untilMs: step.uptimeMs + patienceMs, member: client.member, refusals: 0 });
}

function sealedRequest(sealing: Sealing, request: StoreRequest, random: Random): StoreRequest {
  if (request.type !== "store.txn") return request;
  const sealed = (operation: Operation): Operation =>
    operation.op === "put" && operation.keep === undefined
      ? { ...operation, value: sealing.seal(operation.key, operation.value, random) }
      : operation;
  return { ...request, success: request.success.map(sealed), failure: request.failure.map(sealed) };
}

function openedAnswer(sealing: Sealing, answer: StoreAnswer): StoreAnswer {
  let wrong: string | undefined;
  const opened = (kv: KeyValue): KeyValue => {
    const read = sealing.open(kv);
    if (read.ok) return read.value;
    wrong ??= read.failure;
    return kv;
  };
  const made = openedBy(answer, opened);
  return wrong === undefined ? made : storeError("sealed", wrong);
}

function openedBy(answer: StoreAnswer, opened: (kv: KeyValue) => KeyValue): StoreAnswer {
  if (answer.type === "store.range.ok") return { ...answer, kvs: answer.kvs.map(opened) };
  if (answer.type !== "store.txn.ok") return answer;
  const results = answer.results.map((result) =>
    result.op === "range" ? { ...result, kvs: result.kvs.map(opened) } : result,
  );
  return { ...answer, results };
}

function put(client: StoreClient, step: Step, pending: Pending) {
  pending.member = client.member;
  const timeoutMs = isWrite(pending.request) ? writeTimeoutMs : readTimeoutMs;
  client.pending.add(pending);
  const sinceMs = step.uptimeMs;
  const ask = step.ask(currentReplica(client), pending.request, timeoutMs);
  client.asks.wait<StoreAnswer>(ask, (answer, later) => {
    client.pending.delete(pending);
    measure(client, pending.request.type, later.uptimeMs - sinceMs);
    if (answer.ok) answered(client, { pending, answer: answer.value }, later);
    else unanswered(client, { pending, reason: answer.failure }, later);
  });
}

/** Kubernetes' own, in seconds. */
const durationBuckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
];

function measure({ durations }: StoreClient, type: StoreRequest["type"], tookMs: number): void {
  let histogram = durations.get(type);
  if (histogram === undefined) {
    histogram = bucketsOf(durationBuckets);
    durations.set(type, histogram);
  }
  observe(histogram, tookMs / 1000);
}

function isWrite({ type }: StoreRequest): boolean {
  return type === "store.txn" || type === "store.compact" || type === "store.lease";
}

function answered(
  client: StoreClient,
  { pending, answer }: { readonly pending: Pending; readonly answer: StoreAnswer },
  step: Step,
) {
  if (answer.type === "store.error" && answer.code === "unavailable") return refused(client, step, pending);
  if (answer.type === "store.error" && answer.code === "timeout") client.lastFailureMs = step.uptimeMs;
  else client.lastOkMs = step.uptimeMs;
  pending.done(answer, step);
}

function unanswered(
  client: StoreClient,
  { pending, reason }: { readonly pending: Pending; readonly reason: Unanswered },
  step: Step,
) {
  const maybeDone = reason === "timeout" || reason === "down";
  if (!maybeDone || !isWrite(pending.request)) return refused(client, step, pending);
  client.lastFailureMs = step.uptimeMs;
  if (pending.member === client.member) nextReplica(client);
  pending.done(storeError("timeout", `no answer to a transaction: ${reason}`), step);
}

function refused(client: StoreClient, step: Step, pending: Pending) {
  client.lastFailureMs = step.uptimeMs;
  // Several requests may be refused by one replica: the first of them turns the client away from it.
  if (pending.member === client.member) nextReplica(client);
  if (step.uptimeMs >= pending.untilMs || client.parked.length >= parkedMax) {
    return pending.done(storeError("unavailable", "no replica of the store could do it"), step);
  }
  pending.refusals++;
  if (pending.refusals < client.members.length) return put(client, step, pending);
  pending.refusals = 0;
  if (client.parked.length === 0) step.timer(storeRetryTimer, retryMs);
  client.parked.push(pending);
}

/** Puts what was parked again: for the timer `store.retry`. */
export function retryParked(client: StoreClient, step: Step): void {
  for (const pending of client.parked.splice(0)) put(client, step, pending);
}

function storeError(code: StoreError["code"], message: string): StoreError {
  return { type: "store.error", code, message };
}
