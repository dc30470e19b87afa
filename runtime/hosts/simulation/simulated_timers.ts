import type { AskId, FailedEvent } from "../../core/actor.ts";
import type { Effect } from "../../core/effect.ts";
import type { AskQueue, SimulatedActor, SimulatedTimer } from "./simulated_actor.ts";
import type { Stage } from "./simulated_stage.ts";
import { microsPerMs } from "./virtual_time.ts";

/** Named timers and the deadlines of asks. */
export interface SimulatedTimers {
  setTimer(actor: SimulatedActor, name: string, delayMs: number): void;
  /** The heap has come to a timer. */
  fireTimer(actor: SimulatedActor, called: SimulatedTimer): void;
  expectAnswer(actor: SimulatedActor, ask: Effect & { readonly kind: "ask" }): void;
  /** The heap has come to asks that may be too old. */
  sweepAsks(actor: SimulatedActor, queue: AskQueue): void;
}

/** A queue whose settled front is longer is cut. */
const settledAsksMax = 1024;

/**
 * Makes the timers of one simulation. The heap is kept small: a timer that is put off again and again (an election
 * timeout) has one item in it that is moved on when it comes up, and all asks of an actor with the same timeout share one.
 */
export function createSimulatedTimers(stage: Stage): SimulatedTimers {
  const { time } = stage;

  function setTimer(actor: SimulatedActor, name: string, delayMs: number) {
    // Rounded up: an actor that waits for the rest of a duration must not be woken before it is over.
    const dueAt = time.now() + Math.max(0, Math.ceil(delayMs * microsPerMs));
    const timer = actor.timers.get(name);
    if (timer && timer.itemAt <= dueAt) {
      timer.dueAt = dueAt;
      return;
    }
    const made: SimulatedTimer = { run: "timer", name, dueAt, itemAt: dueAt };
    actor.timers.set(name, made);
    time.schedule(dueAt, actor, made);
  }

  function fireTimer(actor: SimulatedActor, called: SimulatedTimer) {
    const { name } = called;
    const timer = actor.timers.get(name);
    if (timer !== called || timer.itemAt !== time.now()) return;
    if (timer.dueAt > time.now()) {
      timer.itemAt = timer.dueAt;
      return time.schedule(timer.dueAt, actor, timer);
    }
    actor.timers.delete(name);
    const type = name.startsWith("xstate.") ? name : `timer.${name}`;
    stage.steps.deliver(actor, { from: actor.address, event: { type } });
  }

  function expectAnswer(actor: SimulatedActor, { id, to, timeoutMs }: Effect & { readonly kind: "ask" }) {
    actor.pending.set(id, to);
    const dueAt = time.now() + Math.round(timeoutMs * microsPerMs);
    let queue = actor.askQueues.get(timeoutMs);
    if (!queue) {
      queue = { run: "asks", timeoutMs, asks: [], head: 0 };
      actor.askQueues.set(timeoutMs, queue);
      time.schedule(dueAt, actor, queue);
    }
    queue.asks.push({ id, dueAt });
    dropSettled(actor, queue);
  }

  function dropSettled(actor: SimulatedActor, queue: AskQueue) {
    while (queue.head < queue.asks.length - 1) {
      const first = queue.asks[queue.head] as { readonly id: AskId };
      if (actor.pending.has(first.id)) break;
      queue.head++;
    }
    if (queue.head <= settledAsksMax) return;
    queue.asks.splice(0, queue.head);
    queue.head = 0;
  }

  function sweepAsks(actor: SimulatedActor, queue: AskQueue) {
    const { timeoutMs } = queue;
    if (actor.askQueues.get(timeoutMs) !== queue) return;
    for (let ask = queue.asks[queue.head]; ask; ask = queue.asks[queue.head]) {
      const to = actor.pending.get(ask.id);
      if (to !== undefined && ask.dueAt > time.now()) {
        return time.schedule(ask.dueAt, actor, queue);
      }
      queue.head++;
      if (to === undefined) continue;
      actor.pending.delete(ask.id);
      const event: FailedEvent = { type: "failed", ask: ask.id, from: to, reason: "timeout" };
      stage.steps.deliver(actor, { from: actor.address, event });
      if (actor.askQueues.get(timeoutMs) !== queue) return;
    }
    actor.askQueues.delete(timeoutMs);
  }

  return { setTimer, fireTimer, expectAnswer, sweepAsks };
}
