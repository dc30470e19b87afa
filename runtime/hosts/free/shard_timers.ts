import { isAfterTimer } from "../../core/machine.ts";
import type { ShardActor, ShardEvent, ShardTimer } from "./shard_actor.ts";
import type { ShardClock } from "./shard_clock.ts";

/** The named timers of a shard's actors: one clock call for each, however often it is put off. */
export interface ShardTimers {
  set(actor: ShardActor, name: string, delayMs: number): void;
  cancel(actor: ShardActor, name: string): void;
  /** A timer's event is about to be taken: false when the timer was reset or cancelled while the event waited. */
  take(actor: ShardActor, event: ShardEvent): boolean;
}

/** Makes the timers of a shard. */
export function createShardTimers(
  clock: ShardClock,
  deliver: (actor: ShardActor, event: ShardEvent) => void,
): ShardTimers {
  function call(actor: ShardActor, timer: ShardTimer, calledMs: number) {
    if (!actor.cell || timer.calledMs !== calledMs) return;
    timer.calledMs = Number.POSITIVE_INFINITY;
    if (timer.dueMs === Number.POSITIVE_INFINITY) return;
    if (timer.dueMs > clock.uptimeMs()) return callAt(actor, timer);
    timer.dueMs = Number.POSITIVE_INFINITY;
    timer.isFired = true;
    deliver(actor, timer.event);
  }

  function callAt(actor: ShardActor, timer: ShardTimer) {
    const calledMs = timer.dueMs;
    timer.calledMs = calledMs;
    clock.at(calledMs, () => call(actor, timer, calledMs));
  }

  function undo(actor: ShardActor, timer: ShardTimer) {
    if (!timer.isFired) return timer;
    // Its event waits in the mailbox: that one is skipped, and a later one must be another object.
    actor.undone.add(timer.event);
    timer.isFired = false;
    return { ...timer, event: { type: timer.event.type } };
  }

  return {
    set(actor, name, delayMs) {
      const dueMs = clock.uptimeMs() + Math.max(0, delayMs);
      const found = actor.timers.get(name);
      const timer = found
        ? undo(actor, found)
        : {
            event: { type: isAfterTimer(name) ? name : `timer.${name}` },
            dueMs,
            calledMs: Number.POSITIVE_INFINITY,
            isFired: false,
          };
      if (timer !== found) actor.timers.set(name, timer);
      timer.dueMs = dueMs;
      if (timer.calledMs > dueMs) callAt(actor, timer);
    },
    cancel(actor, name) {
      const found = actor.timers.get(name);
      if (!found) return;
      const timer = undo(actor, found);
      timer.dueMs = Number.POSITIVE_INFINITY;
      if (timer !== found) actor.timers.set(name, timer);
    },
    take(actor, event) {
      if (actor.undone.size > 0 && actor.undone.delete(event)) return false;
      const name = isAfterTimer(event.type) ? event.type : event.type.slice("timer.".length);
      const timer = actor.timers.get(name);
      if (timer?.event !== event) return true;
      timer.isFired = false;
      // A name that is used once (an id in it) must not be kept for ever.
      if (timer.calledMs === Number.POSITIVE_INFINITY) actor.timers.delete(name);
      return true;
    },
  };
}
