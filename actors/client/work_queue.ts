import type { Step } from "../../runtime/mod.ts";
import type { Timers } from "./timers.ts";

/** What a work queue needs. */
export interface WorkQueueOptions {
  readonly timers: Timers;
  /** Names its timer. Default `queue`. */
  readonly name?: string;
  /** The delay after a first failure; it doubles with each further one. Default 5. */
  readonly backoffFirstMs?: number;
  /** Default 1,000,000. */
  readonly backoffMaxMs?: number;
}

/**
 * The keys that wait for work, as client-go's rate-limited work queue: a key waits at most once, however often it is
 * added; a key that is added while it is worked on waits until that is done, so no key is worked on twice at a time.
 */
export interface WorkQueue {
  add(key: string): void;
  /** Adds it after a while; of several such wishes for a key the earliest counts. */
  addAfter(step: Step, key: string, delayMs: number): void;
  /** Adds it after a delay that grows with each failure since the last `forget`. */
  addRateLimited(step: Step, key: string): void;
  /** Takes the next key; it is being worked on until `done`. */
  take(): string | undefined;
  done(key: string): void;
  /** The key is fine: its next failure counts as the first. */
  forget(key: string): void;
  failures(key: string): number;
  /** Keys that `take` would give. */
  readonly size: number;
  readonly processing: number;
  /** Keys that wait for their time. */
  readonly delayed: number;
  /** Forgets everything. */
  clear(step: Step): void;
}

/** Makes an empty queue. Keys come out in the order in which they went in. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { timers, name = "queue", backoffFirstMs = 5, backoffMaxMs = 1_000_000 } = options;
  const dirty = new Set<string>();
  const processing = new Set<string>();
  const failures = new Map<string, number>();
  const dueMsOf = new Map<string, number>();
  let ready: string[] = [];
  let head = 0;
  let armedForMs = Number.POSITIVE_INFINITY;

  function push(key: string) {
    ready.push(key);
  }

  function add(key: string) {
    if (dirty.has(key)) return;
    dirty.add(key);
    if (!processing.has(key)) push(key);
  }

  function addAfter(step: Step, key: string, delayMs: number) {
    if (delayMs <= 0) return add(key);
    const dueMs = step.uptimeMs + delayMs;
    const known = dueMsOf.get(key);
    if (known !== undefined && known <= dueMs) return;
    dueMsOf.set(key, dueMs);
    if (dueMs < armedForMs) arm(step, dueMs);
  }

  function arm(step: Step, dueMs: number) {
    armedForMs = dueMs;
    timers.set(step, { name, delayMs: Math.max(0, Math.ceil(dueMs - step.uptimeMs)), body: release });
  }

  function release(step: Step) {
    armedForMs = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const [key, dueMs] of dueMsOf) {
      if (dueMs > step.uptimeMs) next = Math.min(next, dueMs);
      else {
        dueMsOf.delete(key);
        add(key);
      }
    }
    if (next !== Number.POSITIVE_INFINITY) arm(step, next);
  }

  return {
    add,
    addAfter,
    addRateLimited(step, key) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      addAfter(step, key, Math.min(backoffFirstMs * 2 ** Math.min(count, 40), backoffMaxMs));
    },
    take() {
      const key = ready[head];
      if (key === undefined) return undefined;
      head++;
      if (head > 1024 && head * 2 > ready.length) {
        ready = ready.slice(head);
        head = 0;
      }
      dirty.delete(key);
      processing.add(key);
      return key;
    },
    done(key) {
      if (processing.delete(key) && dirty.has(key)) push(key);
    },
    forget: (key) => void failures.delete(key),
    failures: (key) => failures.get(key) ?? 0,
    get size() {
      return ready.length - head;
    },
    get processing() {
      return processing.size;
    },
    get delayed() {
      return dueMsOf.size;
    },
    clear(step) {
      for (const set of [dirty, processing, failures, dueMsOf]) set.clear();
      ready = [];
      head = 0;
      armedForMs = Number.POSITIVE_INFINITY;
      timers.cancel(step, name);
    },
  };
}
