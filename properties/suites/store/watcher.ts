import { setup } from "xstate";
import type {
  StoreAnswer,
  StoreEvent,
  StoreEvents,
  StoreRequest,
  StoreWatchCancelled,
} from "../../../actors/store/messages.ts";
import { type Address, type ChartTypes, defineActor, reducers, type Step } from "../../../runtime/mod.ts";
import { allKeys, keyOf } from "./request.ts";
import type { StoreWatcher } from "./run.ts";

/** The input of a watcher. */
export interface StoreWatcherInput {
  readonly members: readonly Address[];
  readonly wanted: StoreWatcher;
}

/** What a watcher was told. */
export interface StoreWatcherData extends StoreWatcherInput {
  readonly events: StoreEvent[];
  /** Revisions that it was told are compacted. */
  readonly gaps: { readonly from: number; readonly to: number }[];
  /** Everything up to here was delivered, as it was told. */
  revision: number;
  /** What was wrong with what it was told. */
  wrong: string | undefined;
  sequence: number;
  /** The watch that it is on. */
  watch: number;
  at: number;
}

type Told = StoreEvents | StoreWatchCancelled;

/** How often it asks how far the replica is, and goes on elsewhere. */
const [progressMs, moveMs] = [150, 1_200];

const { act, on, begin } = reducers<StoreWatcherData, Told>();

/** The keys that a watcher is told about. */
export function watchedKeys({ key }: StoreWatcher): { readonly key: string; readonly end?: string } {
  return key === undefined ? allKeys : { key: keyOf(key) };
}

function reopen(data: StoreWatcherData, step: Step) {
  const { members, wanted } = data;
  const from = members[data.at % members.length];
  data.at++;
  const to = members[data.at % members.length];
  if (from === undefined || to === undefined) return;
  step.send(from, { type: "store.unwatch", watch: data.watch } as StoreRequest);
  data.watch++;
  data.sequence = 0;
  const where = { ...watchedKeys(wanted), ...(wanted.previous ? { previous: true } : {}) };
  const request = {
    type: "store.watch",
    watch: data.watch,
    startRevision: data.revision + 1,
    ...where,
  } as StoreRequest;
  step.ask(to, request, progressMs * 2);
}

function askProgress({ members, at }: StoreWatcherData, step: Step) {
  const to = members[at % members.length];
  if (to !== undefined) step.send(to, { type: "store.progress" } as StoreRequest);
  step.timer("progress", progressMs);
}

function skip(data: StoreWatcherData, compactRevision: number, step: Step) {
  if (compactRevision > data.revision + 1) {
    data.gaps.push({ from: data.revision + 1, to: compactRevision - 1 });
    data.revision = compactRevision - 1;
  }
  step.timer("again", 20);
}

function take(data: StoreWatcherData, { watch, sequence, revision, events }: StoreEvents, step: Step) {
  if (watch !== data.watch || sequence <= data.sequence) return;
  if (sequence !== data.sequence + 1) {
    reopen(data, step);
    return;
  }
  data.sequence = sequence;
  for (const event of events) {
    const { modRevision, key } = event.kv;
    if (modRevision <= data.revision) data.wrong ??= `revision ${modRevision} of ${key} came after ${data.revision}`;
    if (modRevision > revision) data.wrong ??= `revision ${modRevision} of ${key} came in a message up to ${revision}`;
    data.events.push(event);
  }
  data.revision = Math.max(data.revision, revision);
}

/** A watcher that moves from replica to replica and goes on where it left off, and asks for progress all the time. */
export const storeWatcher = defineActor<StoreWatcherInput>({
  kind: "store_watcher",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<StoreWatcherData, Told, StoreWatcherInput>,
    actions: {
      open: act((data, _event, step) => {
        reopen(data, step);
        step.timer("progress", progressMs);
        step.timer("move", moveMs);
      }),
      again: act((data, _event, step) => reopen(data, step)),
      move: act((data, _event, step) => {
        reopen(data, step);
        step.timer("move", moveMs);
      }),
      progress: act((data, _event, step) => askProgress(data, step)),
      opened: on("reply", (data, { body }, step) => {
        const answer = body as StoreAnswer;
        if (answer.type === "store.error" && answer.code === "compacted") skip(data, answer.compactRevision ?? 0, step);
        else if (answer.type === "store.error") step.timer("again", 100);
      }),
      cancelled: on("store.watch.cancelled", (data, { body }, step) => {
        if (body.watch !== data.watch) return;
        if (body.reason === "compacted") skip(data, body.compactRevision, step);
        else reopen(data, step);
      }),
      events: on("store.events", (data, { body }, step) => take(data, body, step)),
    },
  }).createMachine({
    id: "store_watcher",
    context: begin((input: StoreWatcherInput, step) => ({
      ...input,
      ...{ events: [], gaps: [], revision: input.wanted.revision - 1, wrong: undefined },
      ...{ sequence: 0, watch: 0, at: step.int(input.members.length) },
    })),
    initial: "watching",
    states: {
      watching: {
        entry: "open",
        on: {
          reply: { actions: "opened" },
          failed: { actions: "again" },
          "store.watch.cancelled": { actions: "cancelled" },
          "store.events": { actions: "events" },
          "timer.again": { actions: "again" },
          "timer.move": { actions: "move" },
          "timer.progress": { actions: "progress" },
        },
      },
    },
  }),
});
