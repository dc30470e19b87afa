import type { Address, Mail, Step } from "../../../runtime/mod.ts";
import type {
  StoreError,
  StoreEvents,
  StoreWatchCancelled,
  UnwatchRequest,
  WatchOpened,
  WatchRequest,
} from "../../store/messages.ts";
import type { Given, Received } from "../protocol/schema.ts";
import { askEtcd, revisionIn } from "./ask_etcd.ts";
import type { LinkAnswer } from "./messages.ts";
import type { OutsideData, OutsideWatch } from "./outside_data.ts";
import { foundEvent } from "./translate.ts";

/** Quiet watches hear that they are still open after so long. */
export const quietMs = 3_000;
/** The timer for that. */
export const quietTimer = "outside.quiet";

/**
 * A key of no kind: a write of it reaches watchers after all that was written before. (The progress that etcd itself
 * tells on request may come before events, in versions up to 3.4.24 and 3.5.7.)
 */
const mark = "/registry/kubetroupe.dev/progress";

/** Opens a watch. */
export function onWatch(data: OutsideData, mail: Mail<WatchRequest>, step: Step): void {
  const { watch, key, end, startRevision, previous } = mail.body;
  const known = find(data, mail.from, watch);
  if (known) close(data, known, step);
  const id = ++data.lastWatch;
  data.watches.set(id, {
    ...{ id, watcher: mail.from, watch, ask: mail.ask, sequence: 0 },
    revision: Math.max(0, startRevision - 1),
  });
  step.monitor(mail.from);
  if (data.watches.size === 1) step.timer(quietTimer, quietMs);
  const create = {
    ...{ key, watch_id: id },
    ...(end === undefined ? {} : { range_end: end }),
    ...(startRevision > 0 ? { start_revision: startRevision } : {}),
    ...(previous ? { prev_kv: true } : {}),
  };
  say(data, step, { create_request: create });
}

/** Ends a watch. */
export function onUnwatch(data: OutsideData, { from, body }: Mail<UnwatchRequest>, step: Step): void {
  const known = find(data, from, body.watch);
  if (known) close(data, known, step);
}

/** Who watched is gone. */
export function onWatcherDown(data: OutsideData, watcher: Address, step: Step): void {
  for (const each of [...data.watches.values()]) if (each.watcher === watcher) close(data, each, step);
}

/** Has those who watch hear how far etcd is: by a write, one for all who ask meanwhile. */
export function onProgress(data: OutsideData, step: Step): void {
  if (data.isMarking) return;
  data.isMarking = true;
  const message = { key: mark, value: "" };
  askEtcd({ data, step }, { method: "/etcdserverpb.KV/Put", message, isWrite: true }, () => {
    data.isMarking = false;
  });
}

/** Takes what the stream of the watches says. */
export function onWatched(data: OutsideData, message: Received<"WatchResponse">, step: Step): void {
  const { watch_id: id, created, canceled, compact_revision: compactRevision, events, header } = message;
  const watch = data.watches.get(id);
  if (!watch) return;
  const revision = revisionIn(data, header);
  if (canceled) {
    data.watches.delete(id);
    told(watch, { reason: compactRevision > 0 ? "compacted" : "unavailable", compactRevision, step });
    return;
  }
  if (created) {
    const { watcher: from, ask, watch: name } = watch;
    watch.ask = 0;
    if (watch.revision === 0) watch.revision = revision;
    step.reply({ from, ask }, { type: "store.watch.ok", watch: name, revision } satisfies WatchOpened);
  }
  if (events.length === 0) return;
  const found = events.map(foundEvent);
  watch.revision = Math.max(watch.revision, found.at(-1)?.kv.modRevision ?? 0);
  deliver(watch, found, step);
}

/** The stream is over: whoever watched has to begin anew. */
export function onUnwatched(data: OutsideData, step: Step): void {
  for (const watch of data.watches.values()) told(watch, { reason: "unavailable", compactRevision: 0, step });
  data.watches.clear();
}

/** Tells quiet watches that they are open still: for the timer. */
export function onQuiet(data: OutsideData, step: Step): void {
  if (data.watches.size === 0) return;
  for (const watch of data.watches.values()) if (watch.ask === 0) deliver(watch, [], step);
  step.timer(quietTimer, quietMs);
}

function deliver(watch: OutsideWatch, events: StoreEvents["events"], step: Step): void {
  const { watcher, watch: name, revision } = watch;
  const sequence = ++watch.sequence;
  const piece: StoreEvents = { type: "store.events", watch: name, sequence, revision, events };
  step.send(watcher, piece);
}

interface Ending extends Pick<StoreWatchCancelled, "reason" | "compactRevision"> {
  readonly step: Step;
}

/** One that was not open yet is refused, one that was is ended. */
function told({ watcher, watch, ask }: OutsideWatch, { reason, compactRevision, step }: Ending): void {
  if (ask === 0) {
    const over: StoreWatchCancelled = { type: "store.watch.cancelled", watch, reason, compactRevision };
    step.send(watcher, over);
    return;
  }
  const code = reason === "compacted" ? "compacted" : "unavailable";
  const message = "Cannot open the watch: etcd has ended it, ask again";
  step.reply({ from: watcher, ask }, { type: "store.error", code, message, compactRevision } satisfies StoreError);
}

function find({ watches }: OutsideData, watcher: Address, watch: number): OutsideWatch | undefined {
  for (const each of watches.values()) if (each.watcher === watcher && each.watch === watch) return each;
  return undefined;
}

function close(data: OutsideData, { id }: OutsideWatch, step: Step): void {
  data.watches.delete(id);
  say(data, step, { cancel_request: { watch_id: id } });
}

function say(data: OutsideData, step: Step, message: Given<"WatchRequest">): void {
  const { endpoint, asks } = data;
  asks.wait<LinkAnswer>(step.device("etcd_link", { op: "watch", endpoint, message }), (result, later) => {
    if (!result.ok || !result.value.ok) onUnwatched(data, later);
  });
}
