import type { Step } from "../../../runtime/mod.ts";
import {
  conflict,
  type GroupResource,
  internalError,
  type Status,
  serviceUnavailable,
  timeout,
  unknownFailure,
} from "../../api/status.ts";
import { askStore, type StoreClient } from "../../client/store_client.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { Compare, KeyValue, Operation, StoreError, TxnAnswer } from "../../store/messages.ts";
import { type Item, itemOf, writtenItem } from "./item.ts";

/** A key that an object holds beside its own, so that no other object holds it too: a cluster IP, a node port. */
export interface Claim {
  readonly key: string;
  readonly value: string;
}

/** What is to become of an object. */
export type Change =
  | {
      readonly do: "put";
      /** The encoded object without its resource version. */
      readonly text: string;
      readonly claim?: readonly Claim[];
      readonly release?: readonly Claim[];
    }
  /** `text` replaces what the answer shows of the object. */
  | { readonly do: "delete"; readonly text?: string; readonly release?: readonly Claim[] }
  | { readonly do: "nothing" }
  | { readonly do: "refuse"; readonly status: Status };

/** Takes what is to become of an object. */
export type Decided = (change: Change, step: Step) => void;

/** What a change is decided from. */
export interface Current {
  readonly item: Item | undefined;
  /** The keys that earlier tries wanted to claim and that others hold. */
  readonly taken: readonly string[];
  /** How often it was tried before. */
  readonly tries: number;
}

/** The object as it is now or, when `deleted`, as it last was. */
export interface Updated {
  readonly item: Item;
  readonly deleted: boolean;
  readonly changed: boolean;
}

/** What came of a change. */
export type UpdateOutcome = Result<Updated, Status>;

/** A read, a decision and a compare-and-set. */
export interface GuaranteedUpdate {
  readonly key: string;
  readonly resource: GroupResource;
  readonly name: string;
  /** What a cache has of the object; without it the store is read first. */
  readonly cached: Item | undefined;
  /** Whether the object is expected not to be there: then nothing is read first. */
  readonly absent?: boolean;
  readonly dryRun: boolean;
  /**
   * Whether finding exactly what was to be written means that it was done: so for a new object, whose uid nobody else
   * can have made up, for a patch that gives the same however often it is applied, and for the begin of a deletion.
   * Default false.
   */
  readonly sameIsDone?: boolean;
  /**
   * Calls `decided` once, at once or in a later step. It is called again with what is there when something changed in
   * between: it must not keep what it was given before.
   */
  readonly decide: (current: Current, decided: Decided, step: Step) => void;
  readonly done: (outcome: UpdateOutcome, step: Step) => void;
}

const triesMax = 20;
const findOutMs = 8_000;
const unknownOutcome = timeout("request did not complete within requested timeout - context deadline exceeded");

/**
 * Changes one object, whatever else is written meanwhile. A decision made from a cache is only believed when the
 * store accepts what follows from it: a refusal, or that nothing is to be done, is looked at again with what the store has.
 */
export function guaranteedUpdate(store: StoreClient, step: Step, update: GuaranteedUpdate) {
  // Of a trial the store accepts nothing that would prove a belief: it is decided from what the store has.
  if (!update.dryRun && (update.absent || update.cached)) {
    const fresh = update.cached === undefined;
    return attempt(store, step, { update, current: { item: update.cached, taken: [], tries: 0 }, fresh });
  }
  refresh(store, step, { update, tries: 0 });
}

interface Attempt {
  readonly update: GuaranteedUpdate;
  readonly current: Current;
  /** Whether the store itself said what is there. */
  readonly fresh: boolean;
}

interface Refresh {
  readonly update: GuaranteedUpdate;
  readonly tries: number;
  /** What was decided from a cache: where that had what the store has, it holds. Default: nothing was. */
  readonly decided?: { readonly item: Item | undefined; readonly change: Idle };
}

/** A decision to write nothing. */
type Idle = Extract<Change, { do: "refuse" | "nothing" }>;

function refresh(store: StoreClient, step: Step, { update, tries, decided }: Refresh) {
  askStore(store, step, { type: "store.range", key: update.key }, (answer, later) => {
    if (answer.type !== "store.range.ok") return update.done(failed(storeStatus(answer as StoreError)), later);
    const [kv] = answer.kvs;
    // Whoever was asked from outside is not asked twice.
    if (decided?.item && decided.item.revision === kv?.modRevision) return leave(update, { ...decided, step: later });
    attempt(store, later, { update, current: { item: kv && itemOf(kv), taken: [], tries }, fresh: true });
  });
}

interface Leaving {
  readonly item: Item | undefined;
  readonly change: Idle;
  readonly step: Step;
}

/** Ends an update that writes nothing. */
function leave({ key, done }: GuaranteedUpdate, { item, change, step }: Leaving) {
  if (change.do === "refuse") return done(failed(change.status), step);
  if (!item) throw new Error(`Cannot leave "${key}" as it is: it is not there, decide() must refuse or put`);
  return done(ok({ item, deleted: false, changed: false }), step);
}

function attempt(store: StoreClient, step: Step, tried: Attempt) {
  const { update, current } = tried;
  if (current.tries > triesMax) return update.done(failed(conflict(update.resource, update.name)), step);
  update.decide(current, (change, later) => carryOut(store, { ...tried, change }, later), step);
}

function carryOut(store: StoreClient, { update, current, fresh, change }: Attempt & { change: Change }, step: Step) {
  const { done } = update;
  const { item, tries } = current;
  if (change.do === "refuse" || change.do === "nothing") {
    if (!fresh) return refresh(store, step, { update, tries, decided: { item, change } });
    return leave(update, { item, change, step });
  }
  if (update.dryRun) return done(written({ update, current, change, untilMs: undefined }, item?.revision ?? 0), step);
  write(store, step, { update, current, change, untilMs: undefined });
}

interface Writing {
  readonly update: GuaranteedUpdate;
  readonly current: Current;
  readonly change: Write;
  /** Set once an earlier try got no answer and may have been done: how long to try to find out. */
  readonly untilMs: number | undefined;
}

function write(store: StoreClient, step: Step, writing: Writing) {
  const { update, current, change, untilMs } = writing;
  const { key, done } = update;
  const compare = comparesOf(key, current.item, change);
  const failure = compare.map((each): Operation => ({ op: "range", key: each.key }));
  const success = operationsOf(key, change);
  askStore(store, step, { type: "store.txn", compare, success, failure }, (answer, later) => {
    if (answer.type !== "store.txn.ok") {
      if (answer.type === "store.error" && answer.code === "timeout") return findOut(store, later, writing);
      return done(failed(storeStatus(answer as StoreError)), later);
    }
    if (answer.succeeded) return done(written(writing, answer.revision), later);
    const [own] = answer.results;
    const kv = own?.op === "range" ? own.kvs[0] : undefined;
    // What did not change was refused for its claims: that is certain, whatever became of earlier tries. What is there
    // now may be this very write: the network may have carried it twice, and lost the first answer.
    const isMaybeDone = untilMs !== undefined || (change.do === "put" && kv?.value === change.text);
    if (isMaybeDone && !isUnchanged(current, kv)) return conclude(store, later, { writing, kv });
    again(store, later, { update, current, change, answer });
  });
}

/** A write got no answer: what is there now may tell what became of it. */
function findOut(store: StoreClient, step: Step, writing: Writing): void {
  const untilMs = writing.untilMs ?? step.uptimeMs + findOutMs;
  const { done } = writing.update;
  if (step.uptimeMs >= untilMs) {
    done(failed(unknownOutcome), step);
    return;
  }
  askStore(store, step, { type: "store.range", key: writing.update.key }, (answer, later) => {
    if (answer.type !== "store.range.ok") return done(failed(unknownOutcome), later);
    conclude(store, later, { writing: { ...writing, untilMs }, kv: answer.kvs[0] });
  });
}

function isUnchanged({ item }: Current, kv: KeyValue | undefined): boolean {
  return (kv?.modRevision ?? 0) === (item?.revision ?? 0);
}

interface Conclusion {
  readonly writing: Writing;
  readonly kv: KeyValue | undefined;
}

/**
 * Nothing changed: the same write is safe to repeat, for its compare lets only one of the two happen. Not so where there
 * was nothing and is nothing: it may have been made and deleted since, and made again it would come back to life. Else it
 * is done if what is there can only be its doing, and otherwise nobody knows.
 */
function conclude(store: StoreClient, step: Step, { writing, kv }: Conclusion): void {
  const { update, current, change } = writing;
  if (current.item && isUnchanged(current, kv)) {
    write(store, step, writing);
    return;
  }
  const isDone = change.do === "delete" ? kv === undefined : kv?.value === change.text && update.sameIsDone === true;
  update.done(isDone ? written(writing, kv?.modRevision ?? 0) : failed(unknownOutcome), step);
}

function written({ update, current, change }: Writing, revision: number): UpdateOutcome {
  const { item } = current;
  if (change.do === "put") {
    return ok({ item: writtenItem(update.key, change.text, revision), deleted: false, changed: true });
  }
  // Only what is there is deleted.
  const last = item as Item;
  const shown = change.text === undefined ? last : writtenItem(update.key, change.text, last.revision);
  return ok({ item: shown, deleted: true, changed: true });
}

interface Retry {
  readonly update: GuaranteedUpdate;
  readonly current: Current;
  readonly change: Change;
  readonly answer: TxnAnswer;
}

function again(store: StoreClient, step: Step, { update, current, change, answer }: Retry): void {
  const [own, ...claims] = answer.results.map((result) => (result.op === "range" ? result.kvs[0] : undefined));
  const wanted = change.do === "put" ? (change.claim ?? []) : [];
  const lost = wanted.filter((_claim, index) => claims[index] !== undefined).map(({ key }) => key);
  const taken = [...current.taken, ...lost];
  attempt(store, step, { update, current: { item: own && itemOf(own), taken, tries: current.tries + 1 }, fresh: true });
}

type Write = Extract<Change, { do: "put" | "delete" }>;

function comparesOf(key: string, item: Item | undefined, change: Write): Compare[] {
  const compares: Compare[] = [{ key, target: "mod", result: "equal", value: item?.revision ?? 0 }];
  for (const claim of change.do === "put" ? (change.claim ?? []) : []) {
    compares.push({ key: claim.key, target: "mod", result: "equal", value: 0 });
  }
  return compares;
}

function operationsOf(key: string, change: Write): Operation[] {
  const operations: Operation[] = [];
  if (change.do === "put") {
    operations.push({ op: "put", key, value: change.text });
    for (const claim of change.claim ?? []) operations.push({ op: "put", ...claim });
  } else operations.push({ op: "delete", key });
  for (const claim of change.release ?? []) operations.push({ op: "delete", key: claim.key });
  return operations;
}

/** What a client is told when the store could not do it, or may have done it. */
export function storeStatus({ code, message }: StoreError): Status {
  if (code === "timeout") return unknownOutcome;
  if (code === "sealed") return internalError(message);
  if (code === "noSpace") return unknownFailure(message);
  return serviceUnavailable(`etcdserver: ${code}: ${message}`);
}
