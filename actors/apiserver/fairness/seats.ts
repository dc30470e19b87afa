import { hash32, mix32, type Step } from "../../../runtime/mod.ts";
import { flowSchema } from "../../api/kinds/flow_schema.ts";
import type { PriorityLevelConfiguration } from "../../api/kinds/priority_level_configuration.ts";
import { priorityLevelConfiguration } from "../../api/kinds/priority_level_configuration.ts";
import type { Frozen } from "../../api/types.ts";
import type { ResourceCache } from "../cache/resource_cache.ts";
import { type Classified, type FlowTable, flowTable } from "./classify.ts";

/** So many requests a server has under way at once, all levels together; Kubernetes' default for both sorts of requests. */
const seatsInAll = 600;
/** How long a request waits for its turn: a quarter of what it may take in all. */
const waitMsMax = 15_000;

/** Why a request gets no turn. */
export type Rejection = "queue-full" | "concurrency-limit" | "time-out" | "cancelled";

/** A request that waits for its turn. */
export interface Waiting {
  readonly exchange: number;
  readonly sinceMs: number;
  /** Its turn has come. */
  go(step: Step): void;
  rejected(why: Rejection, step: Step): void;
}

/** What a level has under way, and who waits. */
export interface LevelState {
  readonly name: string;
  executing: number;
  readonly queues: Waiting[][];
  /** Which queue had its turn last. */
  turn: number;
  readonly dispatched: Map<string, number>;
  readonly rejected: Map<string, number>;
}

/** How requests share a server. */
export interface Fairness {
  /** Undefined: what it is made from has changed. */
  table: FlowTable | undefined;
  readonly caches: ReadonlyMap<string, ResourceCache>;
  readonly levels: Map<string, LevelState>;
  /** How many wait. */
  waiting: number;
  /** By exchange: ends the turn of a request that has one. */
  readonly ends: Map<number, (step: Step) => void>;
}

/** Makes a server's that follows what its caches have. */
export function createFairness(caches: ReadonlyMap<string, ResourceCache>): Fairness {
  const fairness: Fairness = { table: undefined, caches, levels: new Map(), waiting: 0, ends: new Map() };
  const forget = () => {
    fairness.table = undefined;
  };
  for (const { storagePrefix } of [flowSchema, priorityLevelConfiguration]) {
    const cache = caches.get(storagePrefix);
    if (cache) cache.observer = { changed: forget, reset: forget };
  }
  return fairness;
}

/** The schemas and levels as they are now. */
export function tableOf(fairness: Fairness): FlowTable {
  fairness.table ??= flowTable(fairness.caches);
  return fairness.table;
}

type Level = Frozen<PriorityLevelConfiguration>;

const seats = new WeakMap<FlowTable, ReadonlyMap<string, number>>();

/** How many requests of a level are under way at most: its share of all. */
export function seatsOf(fairness: Fairness, level: Level): number {
  const table = tableOf(fairness);
  let known = seats.get(table);
  if (!known) {
    const shares = new Map(
      table.map((each) => [each.level.metadata.name, each.level.spec.limited?.nominalConcurrencyShares ?? 0]),
    );
    const all = [...shares.values()].reduce((sum, each) => sum + each, 0);
    known = new Map([...shares].map(([name, own]) => [name, all === 0 ? 0 : Math.ceil((seatsInAll * own) / all)]));
    seats.set(table, known);
  }
  return known.get(level.metadata.name) ?? 0;
}

function stateOf({ levels }: Fairness, name: string): LevelState {
  let state = levels.get(name);
  if (!state) {
    state = { name, executing: 0, queues: [], turn: 0, dispatched: new Map(), rejected: new Map() };
    levels.set(name, state);
  }
  return state;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Gives a request its turn, at once or later, or tells why it gets none. Who got one gives it back with `leave`. */
export function enter(
  fairness: Fairness,
  { classified, asked }: { readonly classified: Classified; readonly asked: Waiting },
  step: Step,
): void {
  const { level, schema, flow } = classified;
  const state = stateOf(fairness, level.metadata.name);
  const key = schema.metadata.name;
  const begin = (later: Step) => {
    state.executing++;
    count(state.dispatched, key);
    asked.go(later);
  };
  if (level.spec.type === "Exempt" || (state.executing < seatsOf(fairness, level) && isIdle(state))) {
    begin(step);
    return;
  }
  const { limitResponse } = level.spec.limited ?? {};
  const reject = (why: Rejection, later: Step) => {
    count(state.rejected, `${key} ${why}`);
    asked.rejected(why, later);
  };
  if (limitResponse?.type !== "Queue") {
    reject("concurrency-limit", step);
    return;
  }
  const { queues = 64, handSize = 8, queueLengthLimit = 50 } = limitResponse.queuing ?? {};
  while (state.queues.length < queues) state.queues.push([]);
  const hand = dealt(flow, queues, handSize).map((at) => state.queues[at] ?? []);
  const queue = hand.reduce((best, each) => (each.length < best.length ? each : best));
  if (queue.length >= queueLengthLimit) {
    reject("queue-full", step);
    return;
  }
  fairness.waiting++;
  queue.push({ ...asked, go: begin, rejected: reject });
}

function isIdle({ queues }: LevelState): boolean {
  return queues.every(({ length }) => length === 0);
}

/** Which queues a flow has: always the same ones, and seldom all of another's. */
function dealt(flow: string, queues: number, handSize: number): number[] {
  const left = Array.from({ length: queues }, (_each, at) => at);
  let hash = hash32(flow);
  return Array.from({ length: Math.min(handSize, queues) }, (_each, at) => {
    hash = mix32(hash, at) >>> 0;
    return left.splice(hash % left.length, 1)[0] ?? 0;
  });
}

/** A request is done: the next one, of another queue if there is one, has its turn. */
export function leave(fairness: Fairness, { level }: Classified, step: Step): void {
  const state = stateOf(fairness, level.metadata.name);
  state.executing--;
  if (state.executing >= seatsOf(fairness, level)) return;
  for (let at = 1; at <= state.queues.length; at++) {
    const turn = (state.turn + at) % state.queues.length;
    const next = state.queues[turn]?.shift();
    if (!next) continue;
    state.turn = turn;
    fairness.waiting--;
    next.go(step);
    return;
  }
}

/** Tells those who have waited too long; called every second. */
export function expireWaiting(fairness: Fairness, step: Step): void {
  if (fairness.waiting === 0) return;
  for (const { queues } of fairness.levels.values()) {
    for (const queue of queues) {
      while (queue[0] && step.uptimeMs - queue[0].sinceMs >= waitMsMax) {
        fairness.waiting--;
        queue.shift()?.rejected("time-out", step);
      }
    }
  }
}

/** A client is gone: whatever its request still does, it has no turn any more. One that waits is over. */
export function forgetWaiting(fairness: Fairness, exchange: number, step: Step): void {
  fairness.ends.get(exchange)?.(step);
  if (fairness.waiting === 0) return;
  for (const { queues } of fairness.levels.values()) {
    for (const queue of queues) {
      const at = queue.findIndex((each) => each.exchange === exchange);
      if (at < 0) continue;
      const [gone] = queue.splice(at, 1);
      fairness.waiting--;
      gone?.rejected("cancelled", step);
    }
  }
}
