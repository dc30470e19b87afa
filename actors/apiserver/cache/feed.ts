import type { Address, Step } from "../../../runtime/mod.ts";
import { askStore, currentReplica, nextReplica, type StoreClient } from "../../client/store_client.ts";
import { hearNumber, isSilent, type Listening, listening } from "../../kit/channel.ts";
import type {
  KeyValue,
  RangeAnswer,
  StoreAnswer,
  StoreEvent,
  StoreEvents,
  StoreWatchCancelled,
  UnwatchRequest,
  WatchRequest,
} from "../../store/messages.ts";
import { type Item, itemOf } from "../storage/item.ts";
import { applyStoreEvent, type ResourceCache, resetCache } from "./resource_cache.ts";
import { closeWatcher, flushWatchers, publish, type Watchers } from "./watchers.ts";

/** Somebody who waits until the caches have reached a revision. */
interface Wait {
  readonly revision: number;
  readonly untilMs: number;
  /** Whether the store said that it is there, rather than a client that it wants it. */
  readonly certain: boolean;
  readonly done: (reached: boolean, step: Step) => void;
}

/** What keeps all caches of a server up to date: one list, then one watch of everything under `/registry/`. */
export interface Feed {
  readonly store: StoreClient;
  readonly watchers: Watchers;
  /** By the first segments of the keys, with a slash at the end. */
  readonly caches: Map<string, ResourceCache>;
  /** All caches hold what the store held at this revision. */
  revision: number;
  phase: "idle" | "loading" | "opening" | "watching";
  /** The name of the open watch; every opening gets a new one, so that late mail of an old one is known. */
  watch: number;
  replica: Address;
  openAsk: number;
  heard: Listening;
  waits: Wait[];
  loaded: Map<string, Item[]>;
  /** What a list brought that no cache is for yet: definitions of it may come later in the list. */
  unclaimed: KeyValue[];
  /** Where the definitions of custom resources are, and who serves what they define. */
  definitions: Definitions | undefined;
}

/** Whoever has to know of each change of the definitions of custom resources at once. */
export interface Definitions {
  readonly prefix: string;
  /** The cache of the definitions has changed: what they define wants caches of its own before anything else comes. */
  changed(): void;
  /** The piece that the change was in has been dealt with. */
  settled(step: Step): void;
}

const root = "/registry/";
const rootEnd = "/registry0";
const pageMax = 1_000;
const openTimeoutMs = 2_000;
const silenceMs = 10_000;
const reopenMs = 100;
const waitMs = 3_000;
const nudgeMs = 100;
/** The timers of the feed. */
export const feedTimers = { reopen: "feed.reopen", wait: "feed.wait", nudge: "feed.nudge" } as const;

/** Makes a feed for caches that are still empty. */
export function createFeed(store: StoreClient, watchers: Watchers, caches: readonly ResourceCache[]): Feed {
  return {
    store,
    watchers,
    caches: new Map(caches.map((cache) => [cache.prefix, cache])),
    revision: 0,
    phase: "idle",
    watch: 0,
    replica: "",
    openAsk: 0,
    heard: listening(0),
    waits: [],
    loaded: new Map(),
    unclaimed: [],
    definitions: undefined,
  };
}

/** Whether the caches hold something that can be served. */
export function isLoaded(feed: Feed): boolean {
  return feed.revision > 0;
}

/** Fills the caches from a list of everything, then watches on from its revision. */
export function loadFeed(feed: Feed, step: Step): void {
  feed.phase = "loading";
  feed.watch = 0;
  feed.loaded = new Map();
  feed.unclaimed = [];
  loadPage(feed, step, { key: root, revision: undefined });
}

function loadPage(feed: Feed, step: Step, { key, revision }: { key: string; revision: number | undefined }): void {
  const page = { type: "store.range", key, end: rootEnd, limit: pageMax, ...(revision ? { revision } : {}) } as const;
  askStore(feed.store, step, page, (answer, later) => {
    if (answer.type === "store.range.ok") takePage(feed, later, { answer, revision: revision ?? answer.revision });
    // Whoever was given the wrong keys has to be told, and is not to serve what it can read beside.
    else if (answer.type === "store.error" && answer.code === "sealed") throw new Error(unreadable(answer.message));
    // Compacted in the middle of the list, or no store: begin again.
    else pause(feed, later);
  });
}

function unreadable(why: string): string {
  return `Cannot read what is stored: ${why}, give the encryption configuration with the keys that it was written with`;
}

function takePage(feed: Feed, step: Step, { answer, revision }: { answer: RangeAnswer; revision: number }) {
  for (const kv of answer.kvs) {
    const prefix = cacheFor(feed, kv.key)?.prefix;
    if (prefix === undefined) {
      feed.unclaimed.push(kv);
      continue;
    }
    const items = feed.loaded.get(prefix);
    if (items) items.push(itemOf(kv));
    else feed.loaded.set(prefix, [itemOf(kv)]);
  }
  const last = answer.kvs.at(-1);
  if (answer.more && last) return loadPage(feed, step, { key: `${last.key}\0`, revision });
  // A watch cannot go on over a list: what happened in between is not known.
  for (const watcher of [...feed.watchers.all.values()]) closeWatcher(feed.watchers, watcher, step);
  for (const cache of feed.caches.values()) resetCache(cache, feed.loaded.get(cache.prefix) ?? [], revision);
  feed.revision = revision;
  claim(feed, revision);
  feed.loaded = new Map();
  feed.unclaimed = [];
  openWatch(feed, step);
  wake(feed, step);
}

/** Fills the caches of what the definitions define, now that these are known. */
function claim(feed: Feed, revision: number): void {
  feed.definitions?.changed();
  const found = new Map<ResourceCache, Item[]>();
  for (const kv of feed.unclaimed) {
    const cache = cacheFor(feed, kv.key);
    if (cache === undefined) continue;
    const items = found.get(cache);
    if (items) items.push(itemOf(kv));
    else found.set(cache, [itemOf(kv)]);
  }
  for (const [cache, items] of found) resetCache(cache, items, revision);
}

/** The cache in which a key belongs. */
function cacheFor(feed: Feed, key: string): ResourceCache | undefined {
  const second = key.indexOf("/", root.length) + 1;
  const found = feed.caches.get(key.slice(0, second));
  return found ?? feed.caches.get(key.slice(0, key.indexOf("/", second) + 1));
}

function openWatch(feed: Feed, step: Step): void {
  feed.phase = "opening";
  feed.watch = step.nextId();
  feed.heard = listening(step.uptimeMs);
  if (feed.replica !== "") step.demonitor(feed.replica);
  feed.replica = currentReplica(feed.store);
  step.monitor(feed.replica);
  const startRevision = feed.revision + 1;
  const open: WatchRequest = { type: "store.watch", watch: feed.watch, key: root, end: rootEnd, startRevision };
  const ask = step.ask(feed.replica, open, openTimeoutMs);
  feed.openAsk = ask;
  feed.store.asks.wait<StoreAnswer>(ask, (answer, later) => {
    if (feed.openAsk !== ask) return;
    feed.openAsk = 0;
    if (answer.ok) opened(feed, answer.value, later);
    else reopen(feed, later, "elsewhere");
  });
}

function opened(feed: Feed, answer: StoreAnswer, step: Step) {
  if (answer.type === "store.watch.ok") feed.phase = "watching";
  else if (answer.type === "store.error" && answer.code === "compacted") loadFeed(feed, step);
  else reopen(feed, step, "elsewhere");
}

function reopen(feed: Feed, step: Step, where: "here" | "elsewhere") {
  if (feed.phase === "loading") return;
  const unwatch: UnwatchRequest = { type: "store.unwatch", watch: feed.watch };
  if (feed.watch !== 0) step.send(feed.replica, unwatch);
  if (where === "here") return openWatch(feed, step);
  if (feed.replica === currentReplica(feed.store)) nextReplica(feed.store);
  pause(feed, step);
}

function pause(feed: Feed, step: Step): void {
  feed.watch = 0;
  step.timer(feedTimers.reopen, reopenMs);
}

/** Goes on after a pause: for the timer `feed.reopen`. */
export function resumeFeed(feed: Feed, step: Step): void {
  if (feed.phase === "loading" || !isLoaded(feed)) loadFeed(feed, step);
  else openWatch(feed, step);
}

/** Takes a piece of the watch into the caches and tells the watchers. */
export function takeStoreEvents(feed: Feed, piece: StoreEvents, step: Step) {
  if (piece.watch !== feed.watch) return;
  const place = hearNumber(feed.heard, piece.sequence, step.uptimeMs);
  // A piece was lost on the way: the same replica has what was in it.
  if (place === "gap") return reopen(feed, step, "here");
  if (place === "again") return;
  for (const told of piece.events) {
    if (told.kv.modRevision <= feed.revision) continue;
    const event = openedEvent(feed, told);
    const cache = cacheFor(feed, event.kv.key);
    const change = cache && applyStoreEvent(cache, event);
    if (change) publish(feed.watchers, cache, change);
    if (cache !== undefined && cache.prefix === feed.definitions?.prefix) feed.definitions.changed();
  }
  if (piece.revision > feed.revision) feed.revision = piece.revision;
  flushWatchers(feed.watchers, step);
  feed.definitions?.settled(step);
  wake(feed, step);
}

function openedEvent({ store: { sealing } }: Feed, event: StoreEvent): StoreEvent {
  if (sealing === undefined || event.type !== "put") return event;
  const opened = sealing.open(event.kv);
  if (!opened.ok) throw new Error(unreadable(opened.failure));
  return { ...event, kv: opened.value };
}

/** Takes the end of the watch. */
export function takeCancelled(feed: Feed, { watch, reason }: StoreWatchCancelled, step: Step): void {
  if (watch !== feed.watch) return;
  feed.watch = 0;
  if (reason === "compacted") loadFeed(feed, step);
  else reopen(feed, step, reason === "slow" ? "here" : "elsewhere");
}

/** Leaves a replica that is gone. */
export function takeReplicaDown(feed: Feed, address: Address, step: Step): void {
  if (address !== feed.replica || feed.phase === "loading" || feed.watch === 0) return;
  feed.openAsk = 0;
  feed.watch = 0;
  reopen(feed, step, "elsewhere");
}

/** Leaves a replica that has said nothing for too long; called every second or so. */
export function tickFeed(feed: Feed, step: Step): void {
  if (feed.watch === 0 || !isSilent(feed.heard, silenceMs, step.uptimeMs)) return;
  reopen(feed, step, "elsewhere");
}

/** Calls `done` when the caches have reached a revision, or after three seconds (`reached` is false then). */
export function waitForRevision(feed: Feed, step: Step, wait: Omit<Wait, "untilMs">) {
  const { revision, done } = wait;
  if (isLoaded(feed) && revision <= feed.revision) return done(true, step);
  if (feed.waits.length === 0) {
    step.timer(feedTimers.wait, waitMs);
    step.timer(feedTimers.nudge, nudgeMs);
  }
  feed.waits.push({ ...wait, untilMs: step.uptimeMs + waitMs });
}

/** Asks the store how far it is, for those who wait: for the timer `feed.nudge`. */
export function nudgeFeed(feed: Feed, step: Step): void {
  if (feed.waits.length > 0 && feed.phase === "watching") step.send(feed.replica, { type: "store.progress" } as const);
}

/** Lets those go who have waited too long: for the timer `feed.wait`. */
export function expireWaits(feed: Feed, step: Step): void {
  const late = feed.waits.filter(({ untilMs }) => step.uptimeMs >= untilMs);
  feed.waits = feed.waits.filter(({ untilMs }) => step.uptimeMs < untilMs);
  const [first] = feed.waits;
  if (first) step.timer(feedTimers.wait, first.untilMs - step.uptimeMs);
  // The store is ahead and this replica does not say so: another one may.
  if (late.some(({ certain }) => certain) && feed.phase === "watching") reopen(feed, step, "elsewhere");
  for (const { done } of late) done(false, step);
}

function wake(feed: Feed, step: Step): void {
  if (feed.waits.length === 0) return;
  const { revision } = feed;
  const reached = feed.waits.filter((wait) => wait.revision <= revision);
  if (reached.length === 0) return;
  feed.waits = feed.waits.filter((wait) => wait.revision > revision);
  for (const { done } of reached) done(true, step);
}
