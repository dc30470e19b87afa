import type { Step } from "../../../runtime/mod.ts";
import { groupVersionOf, type KindDefinition } from "../../api/kind.ts";
import { formatResourceVersion } from "../../api/resource_version.ts";
import type { Status } from "../../api/status.ts";
import type { MemoryPlan } from "../memory.ts";
import type { WatchEvent, WatchPiece } from "../messages.ts";
import { atRevision, type Item, isShownAsStored, type Managed, textFor } from "../storage/item.ts";
import { indexedValue, type ResourceCache } from "./resource_cache.ts";
import { type Selection, selects } from "./selection.ts";
import type { CacheEvent } from "./window.ts";

/** Where a watch's events go: a component, or an HTTP response. */
export interface WatchSink {
  /** Unlike that of any other open watch. */
  readonly name: string;
  /** Who is told; watches of one owner end together. */
  readonly owner: string;
  /** For a component, which is the owner: how far it was told, to show that the stream lives. */
  lastNumber?(): WatchPiece;
  /** A piece ends with the event by which it is longer than this. */
  readonly pieceCharsMax: number;
  /** Whether it takes a piece now; when it does again, `resumeWatcher` is for whoever knows. */
  isReady(): boolean;
  send(events: readonly WatchEvent[], step: Step): void;
  /** What its client has not taken. */
  waitingBytes(): number;
  /** Tells that the stream is over; what was not sent is for the next watch to ask for. */
  close(step: Step): void;
  /** Ends the stream at once; what its client has not taken is dropped. */
  abort(step: Step): void;
}

/** An open watch. */
export interface Watcher {
  readonly id: number;
  readonly cache: ResourceCache;
  readonly selection: Selection;
  readonly sink: WatchSink;
  readonly bookmarks: boolean;
  /** How it is told who owns fields. */
  readonly managed: Managed;
  /** When its time is up. */
  readonly endsAtMs: number;
  /** It has been told everything up to this revision. */
  after: number;
  /** What it is to be told; the texts are those that all watches share. */
  pending: WatchEvent[];
  /** How long what is pending is, but for `initial` events at its beginning, which are no news. */
  backlogChars: number;
  initial: number;
  sentAtMs: number;
  bookmarkAtMs: number;
  /** For one whose objects a webhook converts. Default: each event is told at once. */
  readonly held?: HeldEvents;
}

/** Events that a watch is told when a webhook has converted their objects. */
export interface HeldEvents {
  events: CacheEvent[];
  /** Whether the webhook is being asked. */
  isBusy: boolean;
  readonly show: (items: Iterable<Item>, step: Step, done: (failure: Status | undefined, step: Step) => void) => void;
}

/** Whether a watch has been told all that there is to tell. */
export function isUpToDate({ held }: Watcher): boolean {
  return held === undefined || (!held.isBusy && held.events.length === 0);
}

/** All open watches of a server, found by what they watch. */
export interface Watchers {
  readonly all: Map<number, Watcher>;
  readonly byName: Map<string, Watcher>;
  readonly byOwner: Map<string, Set<Watcher>>;
  /** By prefix, key or indexed value: an event meets only those that it may concern. */
  readonly buckets: Map<string, Set<Watcher>>;
  /** Those with something to send. */
  readonly dirty: Set<Watcher>;
  readonly plan: MemoryPlan;
  /** What waits for all watches together: their backlogs, and what their clients have not taken. */
  waiting: number;
  nextId: number;
}

/** So many watches are told at once, then others have their turn; the rest is told in a moment, with what came since. */
const flushedAtOnceMax = 64;
/** The timer that goes on with those that were not told. */
export const flushTimer = "watchers.flush";

/** Makes the register of a server without watches. */
export function createWatchers(plan: MemoryPlan): Watchers {
  const [all, byName, byOwner, buckets] = [new Map(), new Map(), new Map(), new Map()];
  return { all, byName, byOwner, buckets, dirty: new Set(), plan, waiting: 0, nextId: 1 };
}

/** Adds a watch that wants to be told what happens from now on. */
export function addWatcher(watchers: Watchers, watcher: Watcher): void {
  const { id, sink } = watcher;
  watchers.all.set(id, watcher);
  watchers.byName.set(sink.name, watcher);
  addMember(watchers.byOwner, sink.owner, watcher);
  addMember(watchers.buckets, bucketOf(watcher), watcher);
}

/** Forgets a watch; its sink is told by whoever ends it. */
export function removeWatcher(watchers: Watchers, watcher: Watcher): void {
  if (!watchers.all.delete(watcher.id)) return;
  watchers.dirty.delete(watcher);
  watchers.waiting -= waitingFor(watcher);
  watchers.byName.delete(watcher.sink.name);
  deleteMember(watchers.byOwner, watcher.sink.owner, watcher);
  deleteMember(watchers.buckets, bucketOf(watcher), watcher);
}

type Groups = Map<string, Set<Watcher>>;

function addMember(groups: Groups, name: string, watcher: Watcher): void {
  const members = groups.get(name);
  if (members) members.add(watcher);
  else groups.set(name, new Set([watcher]));
}

function deleteMember(groups: Groups, name: string, watcher: Watcher): void {
  const members = groups.get(name);
  members?.delete(watcher);
  if (members?.size === 0) groups.delete(name);
}

const keyBucket = (key: string) => `key ${key}`;
const prefixBucket = (prefix: string) => `prefix ${prefix}`;
const valueBucket = (cache: ResourceCache, value: string) => `value ${cache.prefix} ${value}`;

function bucketOf({ cache, selection }: Watcher): string {
  if (selection.key !== undefined) return keyBucket(selection.key);
  if (selection.indexed !== undefined) return valueBucket(cache, selection.indexed);
  return prefixBucket(selection.prefix);
}

/** Tells an event to the watches that it concerns. */
export function publish(watchers: Watchers, cache: ResourceCache, event: CacheEvent): void {
  if (watchers.buckets.size === 0) return;
  const { key } = event;
  tellBucket(watchers, prefixBucket(cache.prefix), event);
  const slash = key.indexOf("/", cache.prefix.length);
  if (slash >= 0) tellBucket(watchers, prefixBucket(key.slice(0, slash + 1)), event);
  tellBucket(watchers, keyBucket(key), event);
  if (!cache.index) return;
  const before = event.previous && indexedValue(cache, event.previous);
  const after = event.current && indexedValue(cache, event.current);
  if (before !== undefined) tellBucket(watchers, valueBucket(cache, before), event);
  if (after !== undefined && after !== before) tellBucket(watchers, valueBucket(cache, after), event);
}

function tellBucket(watchers: Watchers, bucket: string, event: CacheEvent): void {
  const members = watchers.buckets.get(bucket);
  if (!members) return;
  for (const watcher of members) {
    if (watcher.held) {
      holdEvent(watchers, watcher, event);
      continue;
    }
    const told = tell(watcher, event);
    if (!told) continue;
    watcher.pending.push(told);
    watcher.backlogChars += told.object.length;
    watchers.waiting += told.object.length;
    watchers.dirty.add(watcher);
  }
}

function holdEvent(watchers: Watchers, watcher: Watcher, event: CacheEvent): void {
  watcher.held?.events.push(event);
  watcher.backlogChars += lengthOf(event);
  watchers.waiting += lengthOf(event);
  watchers.dirty.add(watcher);
}

function lengthOf({ current, previous }: CacheEvent): number {
  return (current ?? previous)?.text.length ?? 0;
}

/** The items that an event shows. */
export function shownOf({ current, previous }: CacheEvent): Item[] {
  return [current, previous].filter((item) => item !== undefined);
}

/** Has what was held converted, and tells it; a watch whose objects cannot be converted is told so, and ends. */
function releaseEvents(watchers: Watchers, watcher: Watcher, step: Step): void {
  const { held } = watcher;
  if (held === undefined || held.isBusy || held.events.length === 0) return;
  const { events } = held;
  held.events = [];
  held.isBusy = true;
  held.show(events.flatMap(shownOf), step, (failure, later) => {
    held.isBusy = false;
    if (!watchers.all.has(watcher.id)) return;
    for (const event of events) {
      const told = failure ? undefined : tell(watcher, event);
      if (told) watcher.pending.push(told);
      const more = (told?.object.length ?? 0) - lengthOf(event);
      watcher.backlogChars += more;
      watchers.waiting += more;
    }
    if (failure) {
      watcher.pending.push({ type: "ERROR", object: JSON.stringify(failure) });
      held.events = [];
      return closeWatcher(watchers, watcher, later);
    }
    flushWatcher(watchers, watcher, later);
  });
}

/** What a watch is told of an event, if anything. */
export function tell({ selection, after, managed }: Watcher, event: CacheEvent): WatchEvent | undefined {
  if (event.revision <= after) return undefined;
  const { current, previous } = event;
  const is = current !== undefined && selects(selection, current);
  const was = previous !== undefined && selects(selection, previous);
  if (!is && !was) return undefined;
  return encoded(event, { kind: selection.kind, managed, type: is ? (was ? "MODIFIED" : "ADDED") : "DELETED" });
}

/** In which form a watcher is told of an event. */
interface Telling {
  readonly kind: KindDefinition;
  readonly managed: Managed;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
}

function encoded(event: CacheEvent, telling: Telling): WatchEvent {
  const { kind, managed, type } = telling;
  const item = type === "DELETED" ? event.previous : event.current;
  if (item === undefined || !isShownAsStored(kind, item)) return { type, object: textOf(event, telling) };
  event.told ??= {};
  const told = event.told[managed] ?? {};
  event.told[managed] = told;
  told[type] ??= { type, object: textOf(event, telling) };
  return told[type];
}

function textOf({ current, previous, revision }: CacheEvent, { kind, managed, type }: Telling): string {
  if (type !== "DELETED") return current ? textFor(kind, current, managed) : "";
  // An object that is gone is shown as it last was, at the version of its end.
  return previous ? textFor(kind, atRevision(previous, revision, kind), managed) : "";
}

/** The event that says: everything up to `revision` was told. */
export function bookmark(kind: KindDefinition, revision: number, initialEventsEnd = false): WatchEvent {
  const metadata = {
    resourceVersion: formatResourceVersion(revision),
    ...(initialEventsEnd ? { annotations: { "k8s.io/initial-events-end": "true" } } : {}),
  };
  return { type: "BOOKMARK", object: JSON.stringify({ kind: kind.kind, apiVersion: groupVersionOf(kind), metadata }) };
}

/** The event that shows an object as it is now to a watch that has just begun. */
export function added({ selection, managed }: Watcher, item: Item): WatchEvent {
  return { type: "ADDED", object: textFor(selection.kind, item, managed) };
}

/** Sends what waits to be sent, to some at once and to the others a little later; who is too slow is cut off. */
export function flushWatchers(watchers: Watchers, step: Step): void {
  if (watchers.dirty.size === 0) return;
  let left = flushedAtOnceMax;
  for (const watcher of watchers.dirty) {
    if (left-- === 0) {
      step.timer(flushTimer, 0);
      break;
    }
    watchers.dirty.delete(watcher);
    flushWatcher(watchers, watcher, step);
  }
  cutSlowest(watchers, step);
}

/** Sends a piece of what waits for one watch, if its client takes more. */
export function flushWatcher(watchers: Watchers, watcher: Watcher, step: Step): void {
  releaseEvents(watchers, watcher, step);
  const { sink, pending } = watcher;
  if (pending.length === 0 || !sink.isReady()) return;
  watcher.sentAtMs = step.uptimeMs;
  const before = waitingFor(watcher);
  sink.send(takePiece(watcher), step);
  watchers.waiting += waitingFor(watcher) - before;
  if (watcher.backlogChars > watchers.plan.waitingBytesEachMax) cutOff(watchers, watcher, step);
}

function takePiece(watcher: Watcher): readonly WatchEvent[] {
  const { pending, sink } = watcher;
  let [count, chars, news] = [0, 0, 0];
  while (count < pending.length && chars <= sink.pieceCharsMax) {
    // Below the length.
    const { length } = (pending[count] as WatchEvent).object;
    if (count++ >= watcher.initial) news += length;
    chars += length;
  }
  watcher.initial = Math.max(0, watcher.initial - count);
  watcher.backlogChars -= news;
  if (count === pending.length) {
    watcher.pending = [];
    return pending;
  }
  return pending.splice(0, count);
}

/** Goes on with a watch whose client had enough to do; `waitedBytes` is what waited for it when that was last counted. */
export function resumeWatcher(watchers: Watchers, watcher: Watcher, waitedBytes: number, step: Step): void {
  watchers.waiting += watcher.sink.waitingBytes() - waitedBytes;
  flushWatcher(watchers, watcher, step);
  cutSlowest(watchers, step);
}

function waitingFor({ backlogChars, sink }: Watcher): number {
  return backlogChars + sink.waitingBytes();
}

/** While more waits than there is room for, those for whom the most waits are cut off: they may come back. */
function cutSlowest(watchers: Watchers, step: Step): void {
  while (watchers.waiting > watchers.plan.waitingBytesMax && watchers.all.size > 0) {
    const slowest = [...watchers.all.values()].reduce((most, each) =>
      waitingFor(each) > waitingFor(most) ? each : most,
    );
    if (waitingFor(slowest) === 0) return;
    cutOff(watchers, slowest, step);
  }
}

function cutOff(watchers: Watchers, watcher: Watcher, step: Step): void {
  removeWatcher(watchers, watcher);
  watcher.sink.abort(step);
}

/** Ends a watch and tells its sink. */
export function closeWatcher(watchers: Watchers, watcher: Watcher, step: Step): void {
  if (!watchers.all.has(watcher.id)) return;
  flushWatcher(watchers, watcher, step);
  if (!watchers.all.has(watcher.id)) return;
  removeWatcher(watchers, watcher);
  watcher.sink.close(step);
}
