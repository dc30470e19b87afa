import type { KindDefinition } from "../../api/kind.ts";
import type { StoreEvent } from "../../store/messages.ts";
import { type Item, itemOf, objectOf } from "../storage/item.ts";
import { type CacheEvent, createWindow, remember, resetWindow, type Window, type WindowBudget } from "./window.ts";

/** Objects found by the value of one of their fields. */
export interface FieldIndex {
  readonly field: string;
  readonly byValue: Map<string, Set<string>>;
}

/** All objects under one prefix of the store, as of `revision` of the feed, and what happened to them of late. */
export interface ResourceCache {
  /** With a slash at its end: `/registry/pods/`. */
  readonly prefix: string;
  /** The kind in whose version the objects are stored. */
  readonly kind: KindDefinition;
  readonly items: Map<string, Item>;
  /** The keys of `items` in the store's order, but for those in `added`; some may be gone. */
  keys: string[];
  /** Keys that have come since `keys` was put in order: that waits until somebody lists. */
  added: string[];
  /** How many of `keys` are gone. */
  gone: number;
  readonly index: FieldIndex | undefined;
  readonly window: Window;
  /** Who has to know of each change at once. Default: nobody. */
  observer?: CacheObserver;
}

/** Somebody who derives something from what a cache holds. */
export interface CacheObserver {
  /** One object was put, or deleted (`now` is undefined). */
  changed(before: Item | undefined, now: Item | undefined): void;
  /** All that the cache holds is about to be replaced. Default: nothing is done. */
  forget?(): void;
  /** It was replaced. */
  reset(): void;
}

/** The field by which a server finds and watches objects without looking at all of them. */
const indexedFields: Readonly<Record<string, string>> = {
  "/registry/pods": "spec.nodeName",
  // Each kubelet watches its own node.
  "/registry/minions": "metadata.name",
};

/** Makes an empty cache for the objects that `kind` stores; what it remembers of changes is taken from the budget. */
export function createResourceCache(kind: KindDefinition, budget: WindowBudget): ResourceCache {
  const field = indexedFields[kind.storagePrefix];
  return {
    prefix: `${kind.storagePrefix}/`,
    kind,
    items: new Map(),
    keys: [],
    added: [],
    gone: 0,
    index: field === undefined ? undefined : { field, byValue: new Map() },
    window: createWindow(budget, budget.eventsMax),
  };
}

/** Replaces all that the cache holds with what a list at `revision` gave, in the store's order. */
export function resetCache(cache: ResourceCache, items: readonly Item[], revision: number): void {
  cache.observer?.forget?.();
  cache.items.clear();
  cache.index?.byValue.clear();
  resetWindow(cache.window, revision);
  for (const item of items) {
    cache.items.set(item.key, item);
    indexItem(cache, undefined, item);
  }
  cache.keys = items.map(({ key }) => key);
  cache.added = [];
  cache.gone = 0;
  cache.observer?.reset();
}

/** Takes one change of the store into the cache. */
export function applyStoreEvent(cache: ResourceCache, { type, kv }: StoreEvent): CacheEvent | undefined {
  const { key } = kv;
  const previous = cache.items.get(key);
  const current = type === "put" ? itemOf(kv) : undefined;
  if (current) {
    cache.items.set(key, current);
    if (!previous) cache.added.push(key);
  } else {
    // A key that was put and deleted within one revision was never seen: there is nothing to tell.
    if (!previous) return undefined;
    cache.items.delete(key);
    cache.gone++;
  }
  indexItem(cache, previous, current);
  cache.observer?.changed(previous, current);
  const event: CacheEvent = { revision: kv.modRevision, key, current, previous, told: undefined };
  remember(cache.window, event);
  return event;
}

function indexItem(cache: ResourceCache, previous: Item | undefined, current: Item | undefined): void {
  if (!cache.index) return;
  const { byValue } = cache.index;
  const before = previous && indexedValue(cache, previous);
  const after = current && indexedValue(cache, current);
  if (before === after) return;
  if (previous && before !== undefined) {
    const keys = byValue.get(before);
    keys?.delete(previous.key);
    if (keys?.size === 0) byValue.delete(before);
  }
  if (current && after !== undefined) {
    const keys = byValue.get(after);
    if (keys) keys.add(current.key);
    else byValue.set(after, new Set([current.key]));
  }
}

/** The value of the indexed field; undefined without an index. */
export function indexedValue(cache: ResourceCache, item: Item): string | undefined {
  return cache.index && cache.kind.fieldSelectors[cache.index.field]?.(objectOf(item));
}

/** The keys of all items in the store's order: those that have come since it was last asked for are merged in. */
export function keysOf(cache: ResourceCache): readonly string[] {
  const { items, added, keys } = cache;
  if (added.length === 0 && cache.gone === 0) return keys;
  added.sort(byCodeUnit);
  const merged: string[] = [];
  let next = 0;
  const take = (key: string) => {
    // A key that was deleted and came again is in both.
    if (items.has(key) && merged.at(-1) !== key) merged.push(key);
  };
  for (const key of keys) {
    while (next < added.length && (added[next] as string) < key) take(added[next++] as string);
    take(key);
  }
  while (next < added.length) take(added[next++] as string);
  cache.keys = merged;
  cache.added = [];
  cache.gone = 0;
  return merged;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The place of `key` in sorted keys, or where it would be. */
function findKey(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    // The middle lies between low and high, so within the array.
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The items whose keys begin with `prefix`, from `from` on, in the store's order. */
export function* itemsUnder(cache: ResourceCache, prefix: string, from = prefix): Generator<Item> {
  const { items } = cache;
  const keys = keysOf(cache);
  for (let at = findKey(keys, from); at < keys.length; at++) {
    const key = keys[at] as string;
    if (!key.startsWith(prefix)) return;
    const item = items.get(key);
    if (item) yield item;
  }
}

/** The items whose indexed field has a value, in the store's order. */
export function* itemsWith(cache: ResourceCache, value: string, prefix: string): Generator<Item> {
  const keys = [...(cache.index?.byValue.get(value) ?? [])].filter((key) => key.startsWith(prefix)).sort();
  for (const key of keys) {
    const item = cache.items.get(key);
    if (item) yield item;
  }
}
