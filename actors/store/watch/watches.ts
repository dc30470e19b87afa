import type { Address, AskId, Step } from "../../../runtime/mod.ts";
import { changesAt, type Keyspace } from "../keyspace/keyspace.ts";
import { compactedRevision } from "../keyspace/range.ts";
import type {
  StoreError,
  StoreEvent,
  StoreEvents,
  StoreWatchCancelled,
  WatchOpened,
  WatchRequest,
} from "../messages.ts";
import { createRangeIndex, type RangeIndex } from "./range_index.ts";

/** One open watch. */
export interface Watch {
  readonly watcher: Address;
  readonly ask: AskId;
  readonly watch: number;
  readonly key: string;
  readonly end: string | undefined;
  readonly previous: boolean;
  /** Events before it are not wanted. */
  readonly startRevision: number;
  /** The number of its last message. */
  sequence: number;
  /** What goes into the next message. */
  events: StoreEvent[];
  /** When it is next told how far the store is, and how long it is then left in peace. */
  progressAtMs: number;
  progressEveryMs: number;
}

/** All watches of a replica: they follow what it has applied, which is what is committed. */
export interface Watches {
  readonly byWatcher: Map<Address, Map<number, Watch>>;
  readonly index: RangeIndex<Watch>;
  /** Ended by the replica; told more than once, as the news may be lost. */
  readonly cancelled: { readonly watcher: Address; readonly message: StoreWatchCancelled; left: number }[];
}

/** A quiet watch hears of the store after this long, then after twice as long, and so on up to the longest. */
export const progressMs = { first: 1_000, longest: 5_000 };

const eventsMax = 1_000;
const cancelTimesMax = 5;

/** No watches. */
export function createWatches(): Watches {
  return { byWatcher: new Map(), index: createRangeIndex(), cancelled: [] };
}

/** Opens a watch, and at once sends it the history that it asked for. */
export function openWatch(
  watches: Watches,
  keyspace: Keyspace,
  { from, ask, body, step }: { from: Address; ask: AskId; body: WatchRequest; step: Step },
): void {
  const { watch: name, key, end, previous = false } = body;
  const open = watches.byWatcher.get(from)?.get(name);
  // The network may double a question; asking anew under the same name begins anew.
  if (open?.ask === ask && ask !== 0) return;
  const startRevision = body.startRevision > 0 ? body.startRevision : keyspace.revision + 1;
  if (startRevision < keyspace.compactedRevision) {
    step.reply({ from, ask }, compactedRevision(startRevision, keyspace) satisfies StoreError);
    return;
  }
  if (open) closeWatch(watches, from, name);
  const watch: Watch = {
    ...{ watcher: from, ask, watch: name, key, end, previous, startRevision },
    ...{ sequence: 0, events: [], progressAtMs: 0, progressEveryMs: progressMs.first },
  };
  let own = watches.byWatcher.get(from);
  if (!own) {
    own = new Map();
    watches.byWatcher.set(from, own);
    step.monitor(from);
  }
  own.set(name, watch);
  watches.index.add(watch);
  watch.progressAtMs = step.uptimeMs + progressMs.first;
  step.reply({ from, ask }, { type: "store.watch.ok", watch: name, revision: keyspace.revision } satisfies WatchOpened);
  replay(watch, keyspace, step);
}

/** Ends a watch that its watcher does not want any more. */
export function closeWatch(watches: Watches, watcher: Address, name: number): void {
  const own = watches.byWatcher.get(watcher);
  const watch = own?.get(name);
  if (watch) watches.index.remove(watch);
  own?.delete(name);
  if (own?.size === 0) watches.byWatcher.delete(watcher);
  forgetCancelled(watches, (each) => each.watcher === watcher && each.message.watch === name);
}

/** Forgets a watcher that is gone. */
export function dropWatcher(watches: Watches, watcher: Address): void {
  for (const watch of watches.byWatcher.get(watcher)?.values() ?? []) watches.index.remove(watch);
  watches.byWatcher.delete(watcher);
  forgetCancelled(watches, (each) => each.watcher === watcher);
}

/** Sends what was applied since `after`: one message a watch, whole revisions only. */
export function deliverChanges(
  watches: Watches,
  keyspace: Keyspace,
  { after, step }: { after: number; step: Step },
): void {
  if (watches.byWatcher.size === 0) return;
  const touched: Watch[] = [];
  for (let revision = after + 1; revision <= keyspace.revision; revision++) {
    for (const event of changesAt(keyspace, revision)) {
      eachConcerned(watches, event, (watch) => {
        if (watch.events.length === 0) touched.push(watch);
        watch.events.push(watch.previous ? event : withoutPrevious(event));
      });
    }
    for (const watch of touched) if (watch.events.length >= eventsMax) send(watch, revision, step);
  }
  for (const watch of touched) if (watch.events.length > 0) send(watch, keyspace.revision, step);
}

/** Visits the watches that a change that has just been applied is for. */
export function eachConcerned({ index }: Watches, { kv }: StoreEvent, visit: (watch: Watch) => void): void {
  index.find(kv.key, (watch) => {
    if (kv.modRevision >= watch.startRevision) visit(watch);
  });
}

/** Tells a watcher how far all its watches are: nothing that was applied is still to be delivered. */
export function tellProgress(watches: Watches, watcher: Address, { revision, step }: { revision: number; step: Step }) {
  for (const watch of watches.byWatcher.get(watcher)?.values() ?? []) send(watch, revision, step);
}

/** Tells quiet watches how far the store is, and cancelled ones again that they are over. */
export function tellQuiet(watches: Watches, revision: number, step: Step): void {
  for (const own of watches.byWatcher.values()) {
    for (const watch of own.values()) {
      if (watch.progressAtMs > step.uptimeMs) continue;
      const everyMs = Math.min(2 * watch.progressEveryMs, progressMs.longest);
      send(watch, revision, step);
      watch.progressEveryMs = everyMs;
      watch.progressAtMs = step.uptimeMs + everyMs;
    }
  }
  for (const each of watches.cancelled) {
    each.left--;
    step.send(each.watcher, each.message);
  }
  forgetCancelled(watches, (each) => each.left <= 0);
}

/** Ends watches that the replica cannot go on with. */
export function cancelWatches(
  watches: Watches,
  { reason, compactRevision, step, which }: Cancellation & { readonly which: (watch: Watch) => boolean },
): void {
  for (const own of watches.byWatcher.values()) {
    for (const watch of [...own.values()].filter(which)) {
      const message = { type: "store.watch.cancelled", watch: watch.watch, reason, compactRevision } as const;
      closeWatch(watches, watch.watcher, watch.watch);
      watches.cancelled.push({ watcher: watch.watcher, message, left: cancelTimesMax - 1 });
      step.send(watch.watcher, message);
    }
  }
}

interface Cancellation {
  readonly reason: StoreWatchCancelled["reason"];
  readonly compactRevision: number;
  readonly step: Step;
}

/** Whether the replica has anything to tell when time passes. */
export function hasWatches({ byWatcher, cancelled }: Watches): boolean {
  return byWatcher.size > 0 || cancelled.length > 0;
}

function replay(watch: Watch, keyspace: Keyspace, step: Step) {
  for (let revision = watch.startRevision; revision <= keyspace.revision; revision++) {
    for (const event of changesAt(keyspace, revision)) {
      if (minds(watch, event.kv.key)) watch.events.push(watch.previous ? event : withoutPrevious(event));
    }
    if (watch.events.length >= eventsMax) send(watch, revision, step);
  }
  if (watch.events.length > 0) send(watch, keyspace.revision, step);
}

function minds({ key, end }: Watch, changed: string): boolean {
  if (end === undefined) return changed === key;
  return changed >= key && (end === "\0" || changed < end);
}

function send(watch: Watch, revision: number, step: Step) {
  const { events } = watch;
  watch.events = [];
  watch.sequence++;
  watch.progressEveryMs = progressMs.first;
  watch.progressAtMs = step.uptimeMs + progressMs.first;
  const message: StoreEvents = { type: "store.events", watch: watch.watch, sequence: watch.sequence, revision, events };
  step.send(watch.watcher, message);
}

function withoutPrevious(event: StoreEvent): StoreEvent {
  return event.previous ? { type: event.type, kv: event.kv } : event;
}

function forgetCancelled(watches: Watches, which: (each: Watches["cancelled"][number]) => boolean) {
  const { cancelled } = watches;
  cancelled.splice(0, Number.POSITIVE_INFINITY, ...cancelled.filter((each) => !which(each)));
}
