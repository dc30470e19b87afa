import type { AskId, FailedEvent } from "../../core/actor.ts";
import type { Effect } from "../../core/effect.ts";
import type { AskQueue, SimulatedActor } from "./simulated_actor.ts";
import type { Stage } from "./simulated_stage.ts";
import { type Item, microsPerMs } from "./virtual_time.ts";

/** Named timers and the deadlines of asks. */
export interface SimulatedTimers {
  setTimer(actor: SimulatedActor, name: string, delayMs: number): void;
  fireTimer(actor: SimulatedActor, item: Item): void;
  expectAnswer(actor: SimulatedActor, ask: Effect & { readonly kind: "ask" }): void;
  sweepAsks(actor: SimulatedActor, item: Item): void;
}

/** A queue whose settled front is longer is cut. */
const settledAsksMax = 1024;

/**
 * Makes the timers of one simulation. The heap is kept small: a timer that is put off again and again (an election
 * timeout) has one item in it that is moved on when it comes up, and all asks of an actor with the same timeout share one.
 */
export function createSimulatedTimers(stage: Stage): SimulatedTimers {
  const { time } = stage;

  function scheduleOwn(at: number, target: SimulatedActor, what: Pick<Item, "run" | "payload">) {
    time.schedule(at, { ...what, target, from: target.address });
  }

  function setTimer(actor: SimulatedActor, name: string, delayMs: number) {
    // Rounded up: an actor that waits for the rest of a duration must not be woken before it is over.
    const dueAt = time.now() + Math.max(0, Math.ceil(delayMs * microsPerMs));
    const timer = actor.timers.get(name);
    if (timer && timer.itemAt <= dueAt) {
      timer.dueAt = dueAt;
      return;
    }
    actor.timers.set(name, { dueAt, itemAt: dueAt });
    scheduleOwn(dueAt, actor, { run: "timer", payload: name });
  }

  function fireTimer(actor: SimulatedActor, item: Item) {
    const name = item.payload as string;
    const timer = actor.timers.get(name);
    if (!timer || timer.itemAt !== item.at || item.incarnation !== actor.member.incarnation) return;
    if (timer.dueAt > item.at) {
      timer.itemAt = timer.dueAt;
      scheduleOwn(timer.dueAt, actor, { run: "timer", payload: name });
      return;
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
      queue = { asks: [], head: 0 };
      actor.askQueues.set(timeoutMs, queue);
      scheduleOwn(dueAt, actor, { run: "asks", payload: timeoutMs });
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

  function sweepAsks(actor: SimulatedActor, item: Item) {
    const timeoutMs = item.payload as number;
    const queue = actor.askQueues.get(timeoutMs);
    if (!queue || item.incarnation !== actor.member.incarnation) return;
    for (let ask = queue.asks[queue.head]; ask; ask = queue.asks[queue.head]) {
      const to = actor.pending.get(ask.id);
      if (to !== undefined && ask.dueAt > item.at) {
        scheduleOwn(ask.dueAt, actor, { run: "asks", payload: timeoutMs });
        return;
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
