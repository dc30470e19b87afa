import { setup } from "xstate";
import type {
  Compare,
  KeyValue,
  Operation,
  OperationResult,
  StoreAnswer,
  StoreEvent,
  StoreEvents,
  StoreRequest,
} from "../../../actors/store/messages.ts";
import { type ChartTypes, defineActor, type Mail, reducers, type Step } from "../../../runtime/mod.ts";

/** One node that never fails by itself: it speaks the store's messages and keeps all in memory. */
interface Fake {
  revision: number;
  compacted: number;
  readonly history: StoreEvent[];
  readonly watches: Map<string, Watch>;
  readonly now: Map<string, KeyValue>;
  /** While set, it refuses everything. */
  down: boolean;
  /** Events that are held back from watchers, until they are let go. */
  held: boolean;
}

interface Watch {
  readonly from: string;
  readonly watch: number;
  readonly key: string;
  readonly end: string | undefined;
  next: number;
  sequence: number;
}

/** What tests tell a fake store beside the store's own messages. */
export type FakeOrder = { readonly type: "fake.order"; readonly down?: boolean; readonly held?: boolean };

type FakeMail = StoreRequest | FakeOrder;
const { on, begin } = reducers<Fake, FakeMail>();
const progressMs = 2_000;

function inRange(key: string, from: string, end: string | undefined): boolean {
  return end === undefined ? key === from : key >= from && (end === "\0" || key < end);
}

function stateAt(fake: Fake, revision: number): Map<string, KeyValue> {
  if (revision === fake.revision) return fake.now;
  const state = new Map<string, KeyValue>();
  for (const { type, kv } of fake.history) {
    if (kv.modRevision > revision) break;
    if (type === "put") state.set(kv.key, kv);
    else state.delete(kv.key);
  }
  return state;
}

function range(fake: Fake, request: StoreRequest & { type: "store.range" }): StoreAnswer {
  const at = request.revision ?? fake.revision;
  if (at > fake.revision) return { type: "store.error", code: "future", message: "not there yet" };
  if (at < fake.compacted)
    return { type: "store.error", code: "compacted", message: "gone", compactRevision: fake.compacted };
  const found = [...stateAt(fake, at).values()]
    .filter(({ key }) => inRange(key, request.key, request.end))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const kvs = request.countOnly ? [] : request.limit ? found.slice(0, request.limit) : found;
  return { type: "store.range.ok", revision: fake.revision, kvs, more: kvs.length < found.length, count: found.length };
}

function holds(fake: Fake, { key, target, result, value }: Compare): boolean {
  const kv = fake.now.get(key);
  const fields = {
    mod: kv?.modRevision ?? 0,
    create: kv?.createRevision ?? 0,
    version: kv?.version ?? 0,
    value: kv?.value ?? "",
    lease: kv?.lease ?? "0",
  };
  const actual = fields[target];
  if (result === "equal") return actual === value;
  if (result === "notEqual") return actual !== value;
  return result === "greater" ? actual > value : actual < value;
}

function apply(fake: Fake, operation: Operation, revision: number): OperationResult {
  if (operation.op === "txn") throw new Error("Cannot nest transactions: this store is a fake one");
  if (operation.op === "range") {
    const found = [...fake.now.values()].filter(({ key }) => inRange(key, operation.key, operation.end));
    return { op: "range", kvs: found };
  }
  const before = fake.now.get(operation.key);
  if (operation.op === "put") {
    const kv = {
      key: operation.key,
      value: operation.value,
      createRevision: before?.createRevision ?? revision,
      modRevision: revision,
      version: (before?.version ?? 0) + 1,
    };
    fake.now.set(kv.key, kv);
    fake.history.push({ type: "put", kv });
    return { op: "put" };
  }
  const gone = [...fake.now.values()].filter(({ key }) => inRange(key, operation.key, operation.end));
  for (const { key, createRevision } of gone) {
    fake.now.delete(key);
    fake.history.push({ type: "delete", kv: { key, value: "", createRevision, modRevision: revision, version: 0 } });
  }
  return { op: "delete", deleted: gone };
}

function txn(fake: Fake, request: StoreRequest & { type: "store.txn" }, step: Step): StoreAnswer {
  const succeeded = request.compare.every((compare) => holds(fake, compare));
  const operations = succeeded ? request.success : request.failure;
  const revision = fake.revision + 1;
  const events = fake.history.length;
  const results = operations.map((operation) => apply(fake, operation, revision));
  if (fake.history.length > events) fake.revision = revision;
  tellAll(fake, step, false);
  return { type: "store.txn.ok", revision: fake.revision, succeeded, results };
}

function tellAll(fake: Fake, step: Step, progress: boolean) {
  if (fake.held) return;
  for (const watch of fake.watches.values()) tell(fake, watch, { step, progress });
}

function tell(fake: Fake, watch: Watch, { step, progress }: { step: Step; progress: boolean }) {
  const fresh = fake.history.filter(
    ({ kv }) =>
      kv.modRevision >= watch.next && kv.modRevision <= fake.revision && inRange(kv.key, watch.key, watch.end),
  );
  watch.next = fake.revision + 1;
  if (fresh.length === 0 && !progress) return;
  const piece: StoreEvents = {
    type: "store.events",
    watch: watch.watch,
    sequence: ++watch.sequence,
    revision: fake.revision,
    events: fresh,
  };
  step.send(watch.from, piece);
}

function answer<T extends StoreRequest>(make: (fake: Fake, mail: Mail<T>, step: Step) => StoreAnswer) {
  return (fake: Fake, mail: Mail<T>, step: Step) => {
    const refusal: StoreAnswer = { type: "store.error", code: "unavailable", message: "no leader" };
    step.reply(mail, fake.down ? refusal : make(fake, mail, step));
  };
}

const machine = setup({
  types: {} as ChartTypes<Fake, FakeMail, unknown>,
  actions: {
    range: on(
      "store.range",
      answer((fake, { body }) => range(fake, body)),
    ),
    txn: on(
      "store.txn",
      answer((fake, { body }, step) => txn(fake, body, step)),
    ),
    compact: on(
      "store.compact",
      answer((fake, { body }) => {
        fake.compacted = body.revision;
        return { type: "store.compact.ok", revision: fake.revision };
      }),
    ),
    watch: on(
      "store.watch",
      answer((fake, { body, from }, step) => {
        const { watch, key, end, startRevision } = body;
        if (startRevision > 0 && startRevision <= fake.compacted) {
          return { type: "store.error", code: "compacted", message: "gone", compactRevision: fake.compacted };
        }
        const opened = {
          from,
          watch,
          key,
          end,
          next: startRevision === 0 ? fake.revision + 1 : startRevision,
          sequence: 0,
        };
        fake.watches.set(`${from} ${watch}`, opened);
        step.monitor(from);
        if (!fake.held) tell(fake, opened, { step, progress: true });
        return { type: "store.watch.ok", watch, revision: fake.revision };
      }),
    ),
    unwatch: on("store.unwatch", (fake, { from, body }) => void fake.watches.delete(`${from} ${body.watch}`)),
    progress: on("store.progress", (fake, _mail, step) => tellAll(fake, step, true)),
    forget: on("down", (fake, { address }) => {
      for (const [name, { from }] of fake.watches) if (from === address) fake.watches.delete(name);
    }),
    order: on("fake.order", (fake, { body, ...mail }, step) => {
      fake.down = body.down ?? fake.down;
      fake.held = body.held ?? fake.held;
      tellAll(fake, step, false);
      step.reply(mail, {});
    }),
    tick: on("timer.progress" as never, (fake: Fake, _event: never, step: Step) => {
      if (!fake.down) tellAll(fake, step, true);
      step.timer("progress", progressMs);
    }),
  },
}).createMachine({
  id: "fakeStore",
  context: begin((_input: unknown, step) => {
    step.timer("progress", progressMs);
    return { revision: 1, compacted: 0, history: [], watches: new Map(), now: new Map(), down: false, held: false };
  }),
  initial: "up",
  states: {
    up: {
      on: {
        "store.range": { actions: "range" },
        "store.txn": { actions: "txn" },
        "store.compact": { actions: "compact" },
        "store.watch": { actions: "watch" },
        "store.unwatch": { actions: "unwatch" },
        "store.progress": { actions: "progress" },
        "fake.order": { actions: "order" },
        "timer.progress": { actions: "tick" },
        down: { actions: "forget" },
      },
    },
  },
});

/** A store of one node without a disk, for tests of what is above the store. */
export const fakeStore = defineActor({
  kind: "fakeStore",
  module: import.meta.url,
  machine,
  digest: ({ revision }: Fake) => revision,
});
