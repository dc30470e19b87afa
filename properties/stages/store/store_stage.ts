import { setup } from "xstate";
import type { StoreData } from "../../../actors/store/data.ts";
import { store } from "../../../actors/store/definition.ts";
import { newStoreDisk } from "../../../actors/store/member.ts";
import type {
  RangeAnswer,
  StoreAnswer,
  StoreEvent,
  StoreEvents,
  StoreInput,
  StoreRequest,
  StoreWatchCancelled,
  TxnAnswer,
} from "../../../actors/store/messages.ts";
import { diskModel } from "../../../runtime/devices/disk_model.ts";
import type { Fault } from "../../../runtime/faults/fault.ts";
import type { Cast } from "../../../runtime/hosts/host.ts";
import { createSimulation } from "../../../runtime/hosts/simulation/simulation.ts";
import { type Address, type ChartTypes, defineActor, reducers, type Step } from "../../../runtime/mod.ts";
import type { KeyValueInput, KeyValueOutput } from "../../checkers/key_value_model.ts";
import type { HistoryOperation } from "../../checkers/linearizability.ts";
import { raft } from "../../checkers/raft.ts";

type ClientInput = {
  readonly members: readonly Address[];
  readonly keys: number;
  readonly operations: number;
  /** Of the values written. */
  readonly length: number;
};

/** What a test client has done; operations without an outcome are of unknown outcome. */
export interface ClientData extends ClientInput {
  readonly history: HistoryOperation<KeyValueInput, KeyValueOutput>[];
  readonly seen: Map<string, number>;
  asked: { readonly input: KeyValueInput; readonly callMs: number } | undefined;
  left: number;
  /** Writes that the store had no space for. */
  refusals: number;
}

const clientTools = reducers<ClientData, never>();

function callNext(data: ClientData, step: Step) {
  if (data.left <= 0) return;
  data.left--;
  const key = `k/${step.int(data.keys)}`;
  const to = data.members[step.int(data.members.length)] as Address;
  const luck = step.float();
  const expect = luck < 0.7 ? { expect: data.seen.get(key) ?? 0 } : {};
  const value = step.float() < 0.2 ? undefined : `${step.self}-${data.left}`.padEnd(data.length);
  const input: KeyValueInput = luck < 0.35 ? { op: "get", key } : { op: "set", key, value, ...expect };
  data.asked = { input, callMs: step.uptimeMs };
  step.ask(to, requestOf(input), 6_000);
}

function requestOf(input: KeyValueInput): StoreRequest {
  const { key } = input;
  if (input.op === "get") return { type: "store.range", key };
  const { value, expect } = input;
  return {
    type: "store.txn",
    compare: expect === undefined ? [] : [{ key, target: "mod", result: "equal", value: expect }],
    success: [value === undefined ? { op: "delete", key } : { op: "put", key, value }],
    failure: [],
  };
}

/** A client that does one operation after the other on random keys at random replicas, and notes what it was told. */
const client = defineActor<ClientInput>({
  kind: "client",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<ClientData, never, ClientInput>,
    actions: {
      next: clientTools.act((data, _event, step) => callNext(data, step)),
      answered: clientTools.on("reply", (data, { body }, step) => note(data, body as StoreAnswer, step)),
      failed: clientTools.on("failed", (data, { reason }, step) => {
        note(data, reason === "undeliverable" ? "refused" : "unknown", step);
      }),
    },
  }).createMachine({
    context: clientTools.begin((input: ClientInput) => ({
      ...input,
      ...{ history: [], seen: new Map(), asked: undefined, left: input.operations, refusals: 0 },
    })),
    initial: "calling",
    states: {
      calling: {
        entry: "next",
        on: { reply: { actions: "answered" }, failed: { actions: "failed" }, "timer.next": { actions: "next" } },
      },
    },
  }),
});

function note(data: ClientData, answer: StoreAnswer | "refused" | "unknown", step: Step) {
  const { asked } = data;
  if (!asked) return;
  data.asked = undefined;
  const code = typeof answer === "object" && answer.type === "store.error" ? answer.code : undefined;
  if (code === "noSpace") data.refusals++;
  const isRefused = answer === "refused" || code === "unavailable" || code === "noSpace";
  const output = typeof answer === "object" ? outputOf(asked.input, answer, data) : undefined;
  // A read that got no answer tells nothing.
  if (!isRefused && (output || asked.input.op === "set")) {
    data.history.push({ ...asked, output, returnMs: step.uptimeMs });
  }
  step.timer("next", 1 + step.int(40));
}

function outputOf(input: KeyValueInput, answer: StoreAnswer, data: ClientData): KeyValueOutput | undefined {
  if (answer.type === "store.txn.ok") {
    const { succeeded, revision } = answer as TxnAnswer;
    return { op: "set", succeeded, revision };
  }
  if (answer.type !== "store.range.ok") return undefined;
  const [kv] = (answer as RangeAnswer).kvs;
  data.seen.set(input.key, kv?.modRevision ?? 0);
  return { op: "get", value: kv?.value, modRevision: kv?.modRevision ?? 0 };
}

type WatcherInput = {
  readonly members: readonly Address[];
  /** It wants what came after this revision. Default 1: everything. */
  readonly revision?: number;
};

/** What a test watcher was told. */
export interface WatcherData {
  readonly members: readonly Address[];
  readonly events: StoreEvent[];
  /** Everything up to here was delivered. */
  revision: number;
  sequence: number;
  watch: number;
  at: number;
  heardMs: number;
  /** What was wrong with what it was told. */
  wrong: string | undefined;
  opened: number;
}

const watcherTools = reducers<WatcherData, StoreEvents | StoreWatchCancelled>();

function reopen(data: WatcherData, step: Step) {
  data.watch++;
  data.at = (data.at + 1) % data.members.length;
  data.sequence = 0;
  data.opened++;
  data.heardMs = step.uptimeMs;
  const to = data.members[data.at] as Address;
  step.monitor(to);
  const startRevision = data.revision + 1;
  step.ask(to, { type: "store.watch", watch: data.watch, key: "k/", end: "k0", startRevision } as StoreRequest, 2_000);
}

/** A watcher that follows all keys, and begins again elsewhere where it left off when its watch is in doubt. */
const watcher = defineActor<WatcherInput>({
  kind: "watcher",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<WatcherData, StoreEvents | StoreWatchCancelled, WatcherInput>,
    actions: {
      open: watcherTools.act((data, _event, step) => {
        reopen(data, step);
        step.timer("silence", 1_000);
      }),
      again: watcherTools.act((data, _event, step) => reopen(data, step)),
      opened: watcherTools.on("reply", (_data, { body }, step) => {
        if ((body as StoreAnswer).type !== "store.watch.ok") step.timer("again", 300);
      }),
      down: watcherTools.on("down", (data, { address }, step) => {
        if (address === data.members[data.at]) step.timer("again", 100);
      }),
      silence: watcherTools.act((data, _event, step) => {
        if (step.uptimeMs - data.heardMs > 12_000) reopen(data, step);
        step.timer("silence", 1_000);
      }),
      cancelled: watcherTools.on("store.watch.cancelled", (data, { body }, step) => {
        if (body.watch === data.watch) reopen(data, step);
      }),
      events: watcherTools.on("store.events", (data, { body }, step) => take(data, body, step)),
    },
  }).createMachine({
    context: watcherTools.begin((input: WatcherInput, step) => ({
      members: input.members,
      ...{
        events: [],
        revision: input.revision ?? 1,
        sequence: 0,
        watch: 0,
        at: step.int(8),
        heardMs: 0,
        wrong: undefined,
        opened: 0,
      },
    })),
    initial: "watching",
    states: {
      watching: {
        entry: "open",
        on: {
          reply: { actions: "opened" },
          failed: { actions: "again" },
          down: { actions: "down" },
          "store.watch.cancelled": { actions: "cancelled" },
          "store.events": { actions: "events" },
          "timer.again": { actions: "again" },
          "timer.silence": { actions: "silence" },
        },
      },
    },
  }),
});

function take(data: WatcherData, { watch, sequence, revision, events }: StoreEvents, step: Step) {
  if (watch !== data.watch || sequence <= data.sequence) return;
  if (sequence !== data.sequence + 1) return reopen(data, step);
  data.sequence = sequence;
  data.heardMs = step.uptimeMs;
  for (const event of events) {
    const { modRevision, key } = event.kv;
    if (modRevision <= data.revision) data.wrong ??= `revision ${modRevision} of ${key} came after ${data.revision}`;
    if (modRevision > revision) data.wrong ??= `revision ${modRevision} came in a message up to ${revision}`;
    data.events.push(event);
  }
  data.revision = Math.max(data.revision, revision);
}

type GroupInput = { readonly names: readonly string[]; readonly input: StoreInput };

/** What the replicas' parent has seen. */
interface GroupData extends GroupInput {
  readonly crashes: string[];
}

const groupTools = reducers<GroupData, never>();

/** The parent of the replicas: it restarts them, and notes why they crashed. */
const group = defineActor<GroupInput>({
  kind: "group",
  module: import.meta.url,
  permissions: { read: ["*"], write: ["*"] },
  machine: setup({
    types: {} as ChartTypes<GroupData, never, GroupInput>,
    actions: {
      spawn: groupTools.act(({ names, input }, _event, step) => {
        for (const name of names) step.spawn({ name, kind: "store", input, restartsMax: 10_000 });
      }),
      note: groupTools.on("child.exited", ({ crashes }, { reason }) => void crashes.push(reason)),
    },
  }).createMachine({
    context: groupTools.begin((input: GroupInput) => ({ ...input, crashes: [] })),
    initial: "supervising",
    states: { supervising: { entry: "spawn", on: { "child.exited": { actions: "note" } } } },
  }),
});

/** How a group is made. */
export interface StoreStageOptions {
  readonly seed?: number;
  /** Replicas. Default 3. */
  readonly size?: number;
  readonly input?: Partial<StoreInput>;
  readonly faults?: readonly Fault[];
  readonly clients?: number;
  readonly keys?: number;
  /** Of each client. */
  readonly operations?: number;
  /** Characters of the values that they write. Default: few. */
  readonly length?: number;
  readonly watchers?: number;
  /** How much each disk holds. Default: no limit. */
  readonly capacityMax?: number;
  /** Who else is on stage. Default: nobody. */
  readonly others?: Pick<Cast, "actors" | "devices">;
}

/** A group of store replicas alone on stage, with test clients and watchers. */
export function storeStage(options: StoreStageOptions = {}) {
  const {
    seed = 1,
    size = 3,
    input = {},
    faults = [],
    clients = 0,
    keys = 3,
    operations = 30,
    length = 0,
    watchers = 0,
    capacityMax,
    others,
  } = options;
  const names = Array.from({ length: size }, (_, i) => `${i}`);
  const members = names.map((name) => `store/${name}`);
  const disk = diskModel({ initial: newStoreDisk, ...(capacityMax === undefined ? {} : { capacityMax }) });
  const cast = {
    actors: [group, store, client, watcher, ...(others?.actors ?? [])],
    devices: [disk, ...(others?.devices ?? [])],
  };
  const simulation = createSimulation({ cast, seed, faults });
  const data = (member: Address) => simulation.dataOf(member) as StoreData | undefined;
  const watch = raft.watch();
  const replicas = new Set(members);
  simulation.onStep((address) => {
    if (!replicas.has(address)) return;
    const wrong = watch.check(members.flatMap((member) => data(member)?.raft ?? []));
    if (wrong !== undefined) throw new Error(wrong);
  });
  simulation.spawnNow({ name: "store", kind: "group", input: { names, input: { members, ...input } } });
  const spawn = (kind: string, count: number, childInput: unknown) =>
    Array.from({ length: count }, (_, i) => simulation.spawnNow({ name: `${kind}${i}`, kind, input: childInput }));
  const clientNames = spawn("client", clients, { members, keys, operations, length });
  const watcherNames = spawn("watcher", watchers, { members });
  // Everyone has begun to live.
  simulation.advance(1);
  const isUp = (member: Address) => simulation.report(member)?.state === "running";
  const leader = () => members.find((member) => isUp(member) && data(member)?.raft.role === "leader");
  const ask = (to: Address, body: StoreRequest) => simulation.askNow(to, body, 10_000) as StoreAnswer;
  return {
    simulation,
    disk,
    members,
    data,
    leader,
    ask,
    put: (to: Address, key: string, value: string) =>
      ask(to, { type: "store.txn", compare: [], success: [{ op: "put", key, value }], failure: [] }),
    /** Why replicas crashed of themselves: faults give no such reason. */
    crashes: () => (simulation.dataOf("store") as GroupData).crashes.filter((reason) => reason.includes("Error")),
    awaitLeader: () => simulation.runUntil(() => leader() !== undefined, simulation.uptimeMs() + 10_000),
    clients: () => clientNames.map((name) => simulation.dataOf(name) as ClientData),
    watchers: () => watcherNames.map((name) => simulation.dataOf(name) as WatcherData),
  };
}

/** A stage, as tests pass it around. */
export type StoreStage = ReturnType<typeof storeStage>;
