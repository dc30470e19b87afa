import type { Step } from "../../runtime/mod.ts";

/** Timers with a body to run, for parts that live inside an actor's data. */
export interface Timers {
  /** Sets or resets the timer of that name; at most `...Max` many names: the names are a fixed few, never ids. */
  set(step: Step, { name, delayMs, body }: TimerOptions): void;
  cancel(step: Step, name: string): void;
  /** Cancels all. */
  clear(step: Step): void;
  /** Runs the body of a `timer.PREFIX.` event; false for any other event. */
  handle(event: { readonly type: string }, step: Step): boolean;
}

/** A timer to set. */
export interface TimerOptions {
  readonly name: string;
  readonly delayMs: number;
  readonly body: (step: Step) => void;
}

/** Makes timers whose events are named `timer.PREFIX.NAME`. */
export function createTimers(prefix: string): Timers {
  const bodies = new Map<string, (step: Step) => void>();
  const eventPrefix = `timer.${prefix}.`;
  return {
    set(step, { name, delayMs, body }) {
      bodies.set(name, body);
      step.timer(`${prefix}.${name}`, delayMs);
    },
    cancel(step, name) {
      if (bodies.delete(name)) step.cancel(`${prefix}.${name}`);
    },
    clear(step) {
      for (const name of bodies.keys()) step.cancel(`${prefix}.${name}`);
      bodies.clear();
    },
    handle({ type }, step) {
      if (!type.startsWith(eventPrefix)) return false;
      const name = type.slice(eventPrefix.length);
      const body = bodies.get(name);
      bodies.delete(name);
      body?.(step);
      return true;
    },
  };
}
