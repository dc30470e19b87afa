import type { Step } from "../../../../runtime/mod.ts";
import { resourceQuota as quotaKind, type ResourceQuota } from "../../../api/kinds/resource_quota.ts";
import { readAmounts, writeAmounts } from "../../../api/quota/amounts.ts";
import { type Charge, type Charged, judge } from "../../../api/quota/quota.ts";
import { conflict, type Status, serviceUnavailable } from "../../../api/status.ts";
import type { Frozen } from "../../../api/types.ts";
import { askStore, type StoreClient } from "../../../client/store_client.ts";
import { failed, ok, type Result } from "../../../kit/result.ts";
import type { Operation } from "../../../store/messages.ts";
import { itemsUnder, type ResourceCache } from "../../cache/resource_cache.ts";
import { storeStatus } from "../../storage/guaranteed_update.ts";
import { encodeChanged, type Item, itemOf, objectOf, writtenItem } from "../../storage/item.ts";

/** Where quotas are looked for, and what waits for them. */
export interface QuotaKeeper {
  readonly caches: ReadonlyMap<string, ResourceCache>;
  readonly store: StoreClient;
  readonly quotas: Quotas;
}

/** Something that is to be let in, if it fits. */
export interface Reservation {
  readonly namespace: string;
  readonly charge: Charge;
  /** Whether it is only looked at. */
  readonly dryRun: boolean;
  /** Undefined when it fits and is reserved, a text when it does not fit; a Status when nobody could say. */
  readonly done: (refusal: Result<string | undefined, Status>, step: Step) => void;
}

/** What a server is about to reserve. */
export interface Quotas {
  /** By namespace whose quotas are being written: who comes meanwhile. */
  readonly waiting: Map<string, Reservation[]>;
  /** The quotas that this server wrote last: its cache shows them a moment later. */
  readonly written: Map<string, Item>;
}

/** Makes one of a server that has reserved nothing. */
export function createQuotas(): Quotas {
  return { waiting: new Map(), written: new Map() };
}

const triesMax = 20;
const writtenMax = 4_096;
const resource = { group: "", resource: quotaKind.plural };

/** Whether a namespace has a quota, as far as this server has seen. */
export function hasQuotas({ caches }: Pick<QuotaKeeper, "caches">, namespace: string): boolean {
  const cache = caches.get(quotaKind.storagePrefix);
  if (cache === undefined || cache.items.size === 0) return false;
  return itemsUnder(cache, `${quotaKind.storagePrefix}/${namespace}/`).next().done !== true;
}

/**
 * Reserves in the quotas of a namespace. They are changed together, and only as they were looked at: of two servers one
 * looks again. What comes while they are written waits, and is then written in one go.
 */
export function reserve(keeper: QuotaKeeper, reservation: Reservation, step: Step): void {
  const { namespace } = reservation;
  const others = keeper.quotas.waiting.get(namespace);
  if (others) {
    others.push(reservation);
    return;
  }
  keeper.quotas.waiting.set(namespace, []);
  const items = known(keeper, namespace);
  work(keeper, { namespace, requests: [reservation], items, isFresh: false, tries: 0 }, step);
}

/** The quotas of a namespace, as far as this server has seen them. */
function known({ caches, quotas }: QuotaKeeper, namespace: string): Item[] {
  const cache = caches.get(quotaKind.storagePrefix);
  const items = cache ? [...itemsUnder(cache, `${quotaKind.storagePrefix}/${namespace}/`)] : [];
  return items.map((item) => {
    const own = quotas.written.get(item.key);
    if (own && own.revision > item.revision) return own;
    if (own) quotas.written.delete(item.key);
    return item;
  });
}

interface Work {
  readonly namespace: string;
  readonly requests: readonly Reservation[];
  readonly items: readonly Item[];
  /** Whether the store itself said what the quotas are. */
  readonly isFresh: boolean;
  readonly tries: number;
}

/** Judges requests one after the other, each as if those before it were stored; then writes what all of them use. */
function work(keeper: QuotaKeeper, job: Work, step: Step) {
  const { requests, items, isFresh } = job;
  let charged: readonly Charged[] = items.map((item) => {
    const quota = objectOf(item) as Frozen<ResourceQuota>;
    return { quota, used: readAmounts(quota.status?.used) };
  });
  const before = charged;
  const refused = new Map<Reservation, string>();
  for (const each of requests) {
    const judged = judge(charged, each.charge, step.nowMs);
    if (judged.refusal !== undefined) refused.set(each, judged.refusal);
    else if (!each.dryRun) charged = judged.charged;
  }
  // What a cache says is too much may have become less.
  if (refused.size > 0 && !isFresh) return look(keeper, job, step);
  const changed = charged.flatMap((each, index) => {
    const item = items[index];
    return each === before[index] || !item ? [] : [{ item, text: textOf(item, each) }];
  });
  const finish = (failure: Status | undefined, later: Step) => {
    for (const each of requests) {
      const why = refused.get(each);
      each.done(why === undefined && failure ? failed(failure) : ok(why), later);
    }
    next(keeper, job.namespace, later);
  };
  if (changed.length === 0) return finish(undefined, step);
  write(keeper, { job, changed, finish }, step);
}

function textOf(item: Item, { quota, used }: Charged): string {
  const status = { ...quota.status, used: writeAmounts(used) };
  return encodeChanged({ ...quota, status } as Frozen<ResourceQuota>, item);
}

interface Writing {
  readonly job: Work;
  readonly changed: readonly { readonly item: Item; readonly text: string }[];
  finish(failure: Status | undefined, step: Step): void;
}

function write(keeper: QuotaKeeper, { job, changed, finish }: Writing, step: Step): void {
  const compare = changed.map(({ item: { key, revision } }) => {
    return { key, target: "mod", result: "equal", value: revision } as const;
  });
  const success = changed.map(({ item: { key }, text }): Operation => ({ op: "put", key, value: text }));
  askStore(keeper.store, step, { type: "store.txn", compare, success, failure: [] }, (answer, later) => {
    if (answer.type === "store.error") return finish(storeStatus(answer), later);
    if (answer.type !== "store.txn.ok") return finish(undefined, later);
    if (answer.succeeded) {
      if (keeper.quotas.written.size >= writtenMax) keeper.quotas.written.clear();
      for (const { item, text } of changed) {
        keeper.quotas.written.set(item.key, writtenItem(item.key, text, answer.revision));
      }
      return finish(undefined, later);
    }
    if (job.tries < triesMax) return look(keeper, { ...job, tries: job.tries + 1 }, later);
    finish(conflict(resource, changed[0]?.item.key.split("/").at(-1) ?? ""), later);
  });
}

/** Looks at what the store has, and works on that. */
function look(keeper: QuotaKeeper, job: Work, step: Step): void {
  const prefix = `${quotaKind.storagePrefix}/${job.namespace}/`;
  askStore(
    keeper.store,
    step,
    { type: "store.range", key: prefix, end: `${prefix.slice(0, -1)}0` },
    (answer, later) => {
      if (answer.type === "store.range.ok") {
        return work(keeper, { ...job, items: answer.kvs.map(itemOf), isFresh: true }, later);
      }
      const status =
        answer.type === "store.error" ? storeStatus(answer) : serviceUnavailable("no answer from the store");
      for (const { done } of job.requests) done(failed(status), later);
      next(keeper, job.namespace, later);
    },
  );
}

/** Works on all that came meanwhile. */
function next(keeper: QuotaKeeper, namespace: string, step: Step): void {
  const requests = keeper.quotas.waiting.get(namespace) ?? [];
  if (requests.length === 0) {
    keeper.quotas.waiting.delete(namespace);
    return;
  }
  keeper.quotas.waiting.set(namespace, []);
  work(keeper, { namespace, requests, items: known(keeper, namespace), isFresh: false, tries: 0 }, step);
}
