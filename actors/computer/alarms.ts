import type { Step } from "../../runtime/mod.ts";
import { createWakeQueue, type Sleeper } from "../network/wake_queue.ts";

/** Something that is to be done later. */
export interface Alarm extends Sleeper {
  /** Infinite: it was called off. */
  atMs: number;
  readonly then: (step: Step) => void;
}

/** What is to be done later, and when the first of it is. */
export interface Alarms {
  set(delayMs: number, then: (step: Step) => void, step: Step): Alarm;
  cancel(alarm: Alarm): void;
  nextMs(): number | undefined;
  ring(step: Step): void;
}

/** Makes alarms of which none is set. */
export function createAlarms(): Alarms {
  const queue = createWakeQueue<Alarm>(({ atMs }) => atMs);
  return {
    set(delayMs, then, { uptimeMs }) {
      const alarm = { atMs: uptimeMs + delayMs, queuedAtMs: Number.POSITIVE_INFINITY, then };
      queue.heed(alarm);
      return alarm;
    },
    cancel(alarm) {
      alarm.atMs = Number.POSITIVE_INFINITY;
    },
    nextMs: () => queue.nextMs(),
    ring(step) {
      for (let alarm = queue.take(step.uptimeMs); alarm; alarm = queue.take(step.uptimeMs)) {
        alarm.atMs = Number.POSITIVE_INFINITY;
        alarm.then(step);
      }
    },
  };
}
