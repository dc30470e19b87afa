import { awake, createWakeQueue, type Sleeper } from "./wake_queue.ts";

/** When something happens: a step, as far as alarms need to know it. */
export interface Moment {
  readonly uptimeMs: number;
}

/** Something that is to be done later, unless it is called off. */
export interface Alarm<At> extends Sleeper {
  /** Infinite: it has rung, or was called off. */
  atMs: number;
  readonly then: (at: At) => void;
}

/** All that somebody waits for, behind one timer: who waits for a hundred things sets no more timers than for one. */
export interface Alarms<At extends Moment> {
  /** Has `then` done after a while. */
  set(delayMs: number, then: (at: At) => void, at: At): Alarm<At>;
  /** When the first is due. */
  nextMs(): number | undefined;
  /** The timer has rung: does what is due. */
  ring(at: At): void;
  /** How many are kept; what was called off is until its time has come. */
  readonly size: number;
}

/**
 * Makes alarms of which none is set; those of one time ring in the order in which they were set.
 *
 * @param arm sets the timer after which `ring` is due. Default: whoever has the alarms asks `nextMs` and sets one itself
 */
export function createAlarms<At extends Moment>(arm: (delayMs: number, at: At) => void = () => {}): Alarms<At> {
  const queue = createWakeQueue<Alarm<At>>(({ atMs }) => atMs);
  let armedMs = Number.POSITIVE_INFINITY;

  function rearm(at: At) {
    const nextMs = queue.nextMs() ?? Number.POSITIVE_INFINITY;
    if (nextMs >= armedMs) return;
    armedMs = nextMs;
    arm(nextMs - at.uptimeMs, at);
  }

  return {
    set(delayMs, then, at) {
      const alarm = { ...awake(), atMs: at.uptimeMs + Math.max(0, delayMs), then };
      queue.heed(alarm);
      rearm(at);
      return alarm;
    },
    nextMs: () => queue.nextMs(),
    ring(at) {
      armedMs = Number.POSITIVE_INFINITY;
      for (let alarm = queue.take(at.uptimeMs); alarm; alarm = queue.take(at.uptimeMs)) {
        alarm.atMs = Number.POSITIVE_INFINITY;
        alarm.then(at);
      }
      rearm(at);
    },
    get size() {
      return queue.size;
    },
  };
}

/** Calls an alarm off; one that has rung already, or none, is left alone. */
export function callOff(alarm: { atMs: number } | undefined): void {
  if (alarm) alarm.atMs = Number.POSITIVE_INFINITY;
}
