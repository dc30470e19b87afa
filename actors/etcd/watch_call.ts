import type { Address, Step } from "../../runtime/mod.ts";
import { askStore, currentReplica, nextReplica } from "../client/store_client.ts";
import { hearNumber, isSilent, listening } from "../kit/channel.ts";
import type {
  ProgressRequest,
  StoreAnswer,
  StoreEvent,
  StoreEvents,
  StoreWatchCancelled,
  UnwatchRequest,
  WatchRequest,
} from "../store/messages.ts";
import { header, tell } from "./front.ts";
import type { At, Call, FrontData, FrontWatch, WatchCall } from "./front_data.ts";
import { keyValue, rangeOf } from "./kv.ts";
import type { Given, Received } from "./protocol/schema.ts";

const silenceMs = 12_000;
const reopenMs = 100;
const lookEveryMs = 1_000;
/** How long a quiet watch that wants to be told of progress is left in peace. */
const notifyMs = 5_000;
/** An answer of more is told in pieces, where the client takes them. */
const fragmentLengthMax = 1024 * 1024;
const [noPut, noDelete] = [0, 1];

/** The timers of watches: `look` at who is silent, `reopen` what lost its replica. */
export const watchTimers = { look: "watch.look", reopen: "watch.reopen" } as const;

/** No watches yet. */
export function createWatchCall(): WatchCall {
  return { byId: new Map(), lastId: 0, progress: new Set() };
}

/** Takes what a client says on a call of the method Watch. */
export function onWatchMessage({ data, step }: At, call: Call, message: Received<"WatchRequest">): void {
  const { create_request: create, cancel_request: cancel, progress_request: progress } = message;
  if (create) openOne({ data, step }, call, create);
  else if (cancel) cancelOne(data, call, { id: cancel.watch_id, step });
  else if (progress) askProgress(call, step);
}

function openOne({ data, step }: At, call: Call, asked: Received<"WatchCreateRequest">) {
  const { watch } = call;
  if (!watch) return;
  const id = asked.watch_id === 0 ? nextFree(watch) : asked.watch_id;
  if (watch.byId.has(id)) {
    const cancelled = {
      watch_id: -1,
      created: true,
      canceled: true,
      cancel_reason: "mvcc: duplicate watch ID provided",
    };
    return tell(data, call, { step, messages: [{ header: header(data), ...cancelled }] });
  }
  const made: FrontWatch = {
    ...{ call, id, asked, name: 0, replica: "", heard: listening(step.uptimeMs), isOpen: false, isTold: false },
    ...{ revision: asked.start_revision - 1, toldAtMs: step.uptimeMs },
  };
  watch.byId.set(id, made);
  if (data.watches.size === 0) step.timer(watchTimers.look, lookEveryMs);
  open(data, made, step);
}

function nextFree(watch: WatchCall): number {
  while (watch.byId.has(watch.lastId)) watch.lastId++;
  return watch.lastId++;
}

/** Opens a watch at the replica that is asked now, behind what was told. */
function open(data: FrontData, watch: FrontWatch, step: Step) {
  data.watches.delete(watch.name);
  watch.name = ++data.lastWatch;
  data.watches.set(watch.name, watch);
  watch.isOpen = false;
  watch.heard = listening(step.uptimeMs);
  const { name } = watch;
  const request: WatchRequest = {
    ...rangeOf(watch.asked),
    ...{ type: "store.watch", watch: name, startRevision: Math.max(0, watch.revision + 1) },
    ...(watch.asked.prev_kv ? { previous: true } : {}),
  };
  askStore(data.store, step, request, (answer, later) => {
    if (data.watches.get(name) !== watch) return;
    onOpened({ data, step: later }, watch, answer);
  });
  watch.replica = currentReplica(data.store);
}

function onOpened({ data, step }: At, watch: FrontWatch, answer: StoreAnswer) {
  const { call, id } = watch;
  if (!watch.isTold && (answer.type === "store.watch.ok" || isCompacted(answer))) {
    if (answer.type === "store.watch.ok") data.revision = Math.max(data.revision, answer.revision);
    watch.isTold = true;
    tell(data, call, { step, messages: [{ header: header(data), watch_id: id, created: true }] });
  }
  if (answer.type === "store.watch.ok") {
    watch.isOpen = true;
    watch.replica = currentReplica(data.store);
    // From now on: what is told later is behind this.
    if (watch.revision < 0) watch.revision = answer.revision;
    step.monitor(watch.replica);
  } else if (isCompacted(answer)) {
    closeOne(data, watch, step);
    const told = { watch_id: id, canceled: true, compact_revision: answer.compactRevision ?? 0 };
    const reason = "etcdserver: mvcc: required revision has been compacted";
    tell(data, call, { step, messages: [{ header: header(data), ...told, cancel_reason: reason }] });
  } else {
    step.timer(watchTimers.reopen, reopenMs);
  }
}

function isCompacted(answer: StoreAnswer): answer is Extract<StoreAnswer, { type: "store.error" }> {
  return answer.type === "store.error" && answer.code === "compacted";
}

function cancelOne(data: FrontData, call: Call, { id, step }: { id: number; step: Step }) {
  const watch = call.watch?.byId.get(id);
  if (!watch) return;
  closeOne(data, watch, step);
  tell(data, call, { step, messages: [{ header: header(data), watch_id: id, canceled: true }] });
}

/** Ends a watch: its client does not want it any more, or is gone. */
export function closeOne(data: FrontData, watch: FrontWatch, step: Step): void {
  watch.call.watch?.byId.delete(watch.id);
  watch.call.watch?.progress.delete(watch);
  data.watches.delete(watch.name);
  const request: UnwatchRequest = { type: "store.unwatch", watch: watch.name };
  step.send(watch.replica, request);
}

/** Takes a piece of a watch. */
export function onEvents(data: FrontData, piece: StoreEvents, step: Step): void {
  const watch = data.watches.get(piece.watch);
  if (!watch) return;
  const heard = hearNumber(watch.heard, piece.sequence, step.uptimeMs);
  if (heard === "again") return;
  if (heard === "gap") {
    open(data, watch, step);
    return;
  }
  data.revision = Math.max(data.revision, piece.revision);
  const events = piece.events.filter((event) => wants(watch, event));
  watch.revision = Math.max(watch.revision, piece.revision);
  if (events.length > 0) {
    const messages = pieces(watch, events).map((part) => ({ header: header(data, piece.revision), ...part }));
    tell(data, watch.call, { step, messages });
    watch.toldAtMs = step.uptimeMs;
  } else if (watch.asked.progress_notify && step.uptimeMs - watch.toldAtMs >= notifyMs) {
    tell(data, watch.call, { step, messages: [{ header: header(data, watch.revision), watch_id: watch.id }] });
    watch.toldAtMs = step.uptimeMs;
  }
  concludeProgress(data, watch, step);
}

function wants({ asked: { filters }, revision }: FrontWatch, { type, kv }: StoreEvent): boolean {
  if (kv.modRevision <= revision) return false;
  return !filters.includes(type === "put" ? noPut : noDelete);
}

/** What is told of events: in one answer, or in several where the client takes fragments. */
function pieces({ id, asked }: FrontWatch, events: readonly StoreEvent[]): readonly Given<"WatchResponse">[] {
  if (!asked.fragment) return [{ watch_id: id, events: events.map(eventOf) }];
  const parts: Given<"Event">[][] = [[]];
  let length = 0;
  for (const event of events) {
    const size = event.kv.key.length + event.kv.value.length + (event.previous?.value.length ?? 0);
    if (length > 0 && length + size > fragmentLengthMax) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(eventOf(event));
    length += size;
  }
  return parts.map((part, i) => ({ watch_id: id, events: part, fragment: i < parts.length - 1 }));
}

function eventOf({ type, kv, previous }: StoreEvent): Given<"Event"> {
  // A deleted key has nothing but the revision at which it went.
  const shown = type === "put" ? keyValue(kv) : { key: kv.key, mod_revision: kv.modRevision };
  return { type: type === "put" ? 0 : 1, kv: shown, ...(previous ? { prev_kv: keyValue(previous) } : {}) };
}

/** A client wants to know up to where all its watches have told everything. */
function askProgress({ watch }: Call, step: Step) {
  if (!watch) return;
  const replicas = new Set<Address>();
  for (const each of watch.byId.values()) {
    watch.progress.add(each);
    replicas.add(each.replica);
  }
  const request: ProgressRequest = { type: "store.progress" };
  for (const replica of replicas) step.send(replica, request);
}

function concludeProgress(data: FrontData, told: FrontWatch, step: Step) {
  const { watch } = told.call;
  if (!watch?.progress.delete(told) || watch.progress.size > 0) return;
  const revision = Math.min(...[...watch.byId.values()].map((each) => each.revision));
  tell(data, told.call, { step, messages: [{ header: header(data, revision), watch_id: -1 }] });
}

/** A replica cannot go on with a watch: it goes on at another one, from where it is. */
export function onCancelled(data: FrontData, { watch: name }: StoreWatchCancelled, step: Step): void {
  const watch = data.watches.get(name);
  if (!watch) return;
  if (watch.replica === currentReplica(data.store)) nextReplica(data.store);
  open(data, watch, step);
}

/** A replica is gone: its watches go on at another one. */
export function onReplicaDown(data: FrontData, replica: Address, step: Step): void {
  if (replica === currentReplica(data.store)) nextReplica(data.store);
  for (const watch of [...data.watches.values()]) {
    if (watch.replica === replica && watch.isOpen) open(data, watch, step);
  }
}

/** Opens again what could not be opened. */
export function reopen(data: FrontData, step: Step): void {
  for (const watch of [...data.watches.values()]) if (!watch.isOpen) open(data, watch, step);
}

/** Looks for watches that hear nothing any more. */
export function look(data: FrontData, step: Step): void {
  for (const watch of [...data.watches.values()]) {
    if (!watch.isOpen || !isSilent(watch.heard, silenceMs, step.uptimeMs)) continue;
    if (watch.replica === currentReplica(data.store)) nextReplica(data.store);
    open(data, watch, step);
  }
  if (data.watches.size > 0) step.timer(watchTimers.look, lookEveryMs);
}
