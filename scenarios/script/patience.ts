import { messageOf } from "../cluster/input_error.ts";
import { ConnectionFailed } from "./connection_failed.ts";
import { type Duration, durationMs, tellMs } from "./duration.ts";
import { ExpectationError } from "./expect.ts";
import { RequestFailed } from "./request_failed.ts";

/** How long to look. */
export interface EventuallyOptions {
  /** Default `60s`. */
  readonly within?: Duration;
}

/** How a script lets time pass, and what it looks at meanwhile. In simulation all of it is virtual time. */
export interface Patience {
  /**
   * Looks again and again until it is so: until `look` neither throws nor gives false. What it gives is the result.
   * An expectation that is not met and a request that is refused for now are tried again, any other error is a mistake.
   *
   * @throws NotHeldError when time is over
   */
  eventually<T>(what: string, look: () => T | Promise<T>, options?: EventuallyOptions): Promise<Exclude<T, false>>;
  /**
   * From now on to the end of the step it has to be so: `look` is called whenever time passes, every 20 ms or so, and
   * must neither throw nor give false. Later looks that the API does not answer say nothing.
   *
   * @throws NotHeldError when it is not so now; later, whatever waits in the step throws it
   */
  always(what: string, look: () => unknown): Promise<void>;
  /** Lets time pass: real time on threads, none in simulation. */
  advance(time: Duration): Promise<void>;
}

/** Something did not become so in time, or did not stay so. */
export class NotHeldError extends Error {
  readonly what: string;
  /** How long it was waited for, or held. */
  readonly afterMs: number;
  constructor(what: string, options: { readonly how: string; readonly afterMs: number; readonly cause: unknown }) {
    const { how, afterMs, cause } = options;
    super(`${what}: ${how} ${tellMs(afterMs)}: ${messageOf(cause)}`, { cause });
    this.name = "NotHeldError";
    this.what = what;
    this.afterMs = afterMs;
  }
}

/** What a script's patience is made of. */
export interface PatienceOptions {
  uptimeMs(): number;
  wait(ms: number): Promise<void>;
  /** Hears what came true. */
  readonly note: (text: string) => void;
  /** Hears what is waited for, now and then. */
  readonly looking?: (what: string, last: string) => void;
  readonly signal?: AbortSignal;
}

/** A patience, with what its owner tells it. */
export interface PatienceControl extends Patience {
  /** Ends what had to be so always, after a last look. */
  release(): Promise<void>;
  /** Forgets it, when all is lost already. */
  forget(): void;
  /** What is looked at just now, if anything is. */
  awaited(): string | undefined;
  /**
   * Lets the process do other things (Ctrl-C, a terminal), and all else in the script go as far as it can: every time,
   * not now and then, so that a script that does several things at once does them in the same order in every run.
   * Throws when the script is to be given up.
   */
  breathe(): Promise<void>;
}

interface Guard {
  readonly what: string;
  readonly sinceMs: number;
  readonly look: () => unknown;
}

const withinDefault: Duration = "60s";
const pollMs = 100;
const guardMs = 20;
const sliceMsMax = 1_000;
const leastMs = 0.001;

/** Gives a script its patience. */
export function createPatience({ uptimeMs, wait, note, looking, signal }: PatienceOptions): PatienceControl {
  const guards: Guard[] = [];
  const looks: { readonly what: string }[] = [];

  async function lookAt<T>(what: string, look: () => T | Promise<T>): Promise<T> {
    const mine = { what };
    looks.push(mine);
    try {
      return await look();
    } finally {
      looks.splice(looks.indexOf(mine), 1);
    }
  }

  async function pass(ms: number) {
    const untilMs = uptimeMs() + ms;
    // Hosts measure in microseconds at best: the last part of one is no time to wait for.
    for (let leftMs = ms; leftMs >= leastMs; leftMs = untilMs - uptimeMs()) {
      await wait(Math.min(leftMs, guards.length > 0 ? guardMs : sliceMsMax));
      await breathe();
      for (const guard of guards) await check(guard);
    }
  }

  async function breathe() {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }

  async function check(guard: Guard, { isLenient = true } = {}) {
    try {
      const seen = await lookAt(guard.what, guard.look);
      if (seen === false) throw new ExpectationError(guard.what, { expected: "hold", seen });
    } catch (cause) {
      if (isLenient && cause instanceof RequestFailed && cause.isUnanswered) return;
      throw new NotHeldError(guard.what, { how: "did not hold after", afterMs: uptimeMs() - guard.sinceMs, cause });
    }
  }

  async function eventually<T>(what: string, look: () => T | Promise<T>, options: EventuallyOptions = {}) {
    const sinceMs = uptimeMs();
    const untilMs = sinceMs + durationMs(options.within ?? withinDefault);
    for (;;) {
      let last: unknown;
      try {
        const seen = await lookAt(what, look);
        if (seen !== false) {
          note(`${what}${tellWait(uptimeMs() - sinceMs)}`);
          return seen as Exclude<T, false>;
        }
        last = new ExpectationError(what, { expected: "hold", seen });
      } catch (error) {
        if (!isPassing(error)) throw error;
        last = error;
      }
      const nowMs = uptimeMs();
      if (untilMs - nowMs < leastMs)
        throw new NotHeldError(what, { how: "not within", afterMs: nowMs - sinceMs, cause: last });
      looking?.(what, messageOf(last));
      await pass(Math.min(pollMs, untilMs - nowMs));
    }
  }

  return {
    eventually,
    async always(what, look) {
      const guard = { what, look, sinceMs: uptimeMs() };
      await check(guard, { isLenient: false });
      guards.push(guard);
    },
    async advance(time) {
      const told = `${tellMs(durationMs(time))} pass`;
      looking?.(told, "");
      await pass(durationMs(time));
      note(told);
    },
    async release() {
      for (const guard of guards) await check(guard);
      for (const { what, sinceMs } of guards.splice(0)) note(`${what}, all of ${tellMs(uptimeMs() - sinceMs)}`);
    },
    forget: () => void guards.splice(0),
    awaited: () => looks.at(-1)?.what,
    breathe,
  };
}

function tellWait(ms: number): string {
  return ms < pollMs ? "" : `, after ${tellMs(ms)}`;
}

/** Whether it may be otherwise later: node's own asserts count too. */
function isPassing(error: unknown): boolean {
  if (error instanceof ExpectationError || error instanceof ConnectionFailed) return true;
  if (error instanceof RequestFailed) return !error.isMistake;
  return (error as { readonly code?: unknown } | undefined)?.code === "ERR_ASSERTION";
}
