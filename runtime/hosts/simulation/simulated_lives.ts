import { startCell } from "../../core/cell.ts";
import type { Life, Order, TreeEvent } from "../../supervision/orders.ts";
import { exitOf } from "../../supervision/restarts.ts";
import { supervise } from "../../supervision/supervise.ts";
import { createSimulatedActor, forgetLife, type SimulatedActor } from "./simulated_actor.ts";
import type { Stage } from "./simulated_stage.ts";
import { inGoodOrder } from "./simulated_steps.ts";

/** Lives as they begin, pause and end: what the supervisors order is done here. */
export interface SimulatedLives {
  /** Tells the supervisors, and does what they order. */
  take(event: TreeEvent): void;
}

/** What a process costs to start, beside its back-off. */
const startMs = 1;

/** Makes the lives' side of one simulation. */
export function createSimulatedLives(stage: Stage): SimulatedLives {
  function take(event: TreeEvent) {
    for (const order of supervise(stage.tree, event, stage.time.uptimeMs())) obey(stage, order);
  }
  return { take };
}

function obey(stage: Stage, order: Order) {
  switch (order.kind) {
    case "admit":
      return admit(stage, order);
    case "tell":
      return stage.mail.notify(order.event.address, order.to, order.event);
    case "giveUp":
      return void stage.failures.push({ address: order.address, reason: order.reason });
    // Nobody watches a simulation but who drives it: that one reads the journal.
    case "reportCrash":
      return;
    default:
      return obeyFor(stage, stage.actors.get(order.address), order);
  }
}

type OrderForActor = Exclude<Order, { readonly kind: "admit" | "tell" | "giveUp" | "reportCrash" }>;

function obeyFor(stage: Stage, actor: SimulatedActor | undefined, order: OrderForActor) {
  if (!actor) return;
  switch (order.kind) {
    case "restart":
      return readyAfter(stage, order, startMs + order.afterMs);
    case "begin":
      return begin(stage, actor, order);
    case "askToStop":
      return askToStop(stage, actor, order);
    case "leave":
      forgetLife(actor, order.exit.crashed);
      return stage.mail.failAsksTo(order.address);
    // Each delivery looks at the member's state.
    case "pause":
      return;
    case "resume":
      return stage.steps.deliverWaiting(actor);
    case "remove":
      return void stage.actors.delete(order.address);
  }
}

function admit(stage: Stage, life: Life): void {
  const member = stage.tree.members.get(life.address);
  const definition = stage.definitions.get(member?.definition.kind ?? "");
  if (!member || !definition) return;
  stage.actors.set(life.address, createSimulatedActor(member, definition));
  readyAfter(stage, life, startMs);
}

function readyAfter({ time, lives }: Stage, { address, incarnation }: Life, delayMs: number): void {
  time.callLater(delayMs, () => lives.take({ kind: "ready", address, incarnation }));
}

function begin(stage: Stage, actor: SimulatedActor, { address, incarnation }: Life) {
  const { seed, time, lives, steps, fractions } = stage;
  const { definition } = actor;
  const { parent, spec } = actor.member;
  const [nowMs, uptimeMs] = [stage.wallMs(address), time.uptimeMs()];
  try {
    actor.cell = startCell({
      ...{ definition, address, parent, input: spec.input, incarnation, seed, nowMs, uptimeMs, fractions },
    });
  } catch (error) {
    return lives.take({ kind: "ended", address, incarnation, exit: exitOf(error) });
  }
  const { machine, firstEffects } = actor.cell;
  lives.take({ kind: "begun", address, incarnation });
  steps.carryOut(actor, firstEffects);
  if (machine.ended()) return lives.take({ kind: "ended", address, incarnation, exit: inGoodOrder });
  steps.deliverWaiting(actor);
}

type AskToStop = Extract<Order, { readonly kind: "askToStop" }>;

function askToStop(stage: Stage, actor: SimulatedActor, { address, incarnation, withinMs }: AskToStop) {
  const { time, lives, steps } = stage;
  if (!actor.cell?.machine.handles("stop")) {
    return lives.take({ kind: "ended", address, incarnation, exit: { crashed: false, reason: "stopped" } });
  }
  time.callLater(withinMs, () => lives.take({ kind: "overdue", address, incarnation }));
  steps.deliver(actor, { from: actor.member.parent, event: { type: "stop" } });
}
