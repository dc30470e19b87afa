import { enqueueJob } from "../promise.ts";

interface Timer {
  readonly run: () => void;
  /** Set for an interval. */
  readonly everyMs?: number;
}

const timers = new Map<number, Timer>();
let ids = 0;
let after: (delayMs: number, id: number) => void;

/** Timers count in the simulation's time from now on. */
export function openTimers(host: { after(delayMs: number, id: number): void }): void {
  after = (delayMs, id) => host.after(delayMs, id);
}

/** Runs something later; the result is the timer's number. At least a millisecond passes, as in Node. */
export function queueTimer(run: () => void, delayMs: unknown, isInterval = false): number {
  const number = Number(delayMs);
  const waitMs = number >= 1 && number < 2 ** 31 ? Math.trunc(number) : 1;
  const id = ++ids;
  timers.set(id, isInterval ? { run, everyMs: waitMs } : { run });
  after(waitMs, id);
  return id;
}

/** The simulation says that a timer is due. */
export function fireTimer(id: number): void {
  const timer = timers.get(id);
  if (!timer) return;
  if (timer.everyMs === undefined) timers.delete(id);
  else after(timer.everyMs, id);
  timer.run();
}

type Callback = (...values: unknown[]) => void;

/** The globals. */
export const timerGlobals = {
  setTimeout: (run: Callback, delayMs?: number, ...values: unknown[]) =>
    timerOf(queueTimer(() => run(...values), delayMs)),
  setInterval: (run: Callback, delayMs?: number, ...values: unknown[]) =>
    timerOf(queueTimer(() => run(...values), delayMs, true)),
  clearTimeout: (timer: unknown) => void timers.delete(Number(timer)),
  clearInterval: (timer: unknown) => void timers.delete(Number(timer)),
  queueMicrotask: (run: () => void) => enqueueJob(() => run()),
};

/** As Node gives it: an object that is also a number. Nothing keeps a container alive but itself. */
function timerOf(id: number): object {
  const timer = { ref: () => timer, unref: () => timer, hasRef: () => true, [Symbol.toPrimitive]: () => id };
  return timer;
}
