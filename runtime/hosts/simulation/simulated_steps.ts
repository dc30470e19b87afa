import type { AskId } from "../../core/actor.ts";
import type { Effect } from "../../core/effect.ts";
import { exitOf } from "../../supervision/restarts.ts";
import { type Carriers, carryOut } from "../carry_out.ts";
import { outside } from "../host.ts";
import { type Sent, sentMail, sentNotice, sentReply } from "./sent.ts";
import type { Delivery, SimulatedActor } from "./simulated_actor.ts";
import type { Stage } from "./simulated_stage.ts";

/** The steps that actors take, and what becomes of their effects. */
export interface SimulatedSteps {
  /** Something has reached an actor that was meant for this life of it. */
  arrive(actor: SimulatedActor, sent: Sent, incarnation: number): void;
  /** Gives an actor an event, now or once it is let go on. */
  deliver(actor: SimulatedActor, delivery: Delivery): void;
  /** Gives it what came while it was starting or paused. */
  deliverWaiting(actor: SimulatedActor): void;
  carryOut(actor: SimulatedActor, effects: readonly Effect[]): void;
}

/** Makes the steps of one simulation. */
export function createSimulatedSteps(stage: Stage): SimulatedSteps {
  const { engine, journal, time, mail, lives, observers } = stage;
  const carriers = carriersOf(stage);

  function arrive(actor: SimulatedActor, sent: Sent, incarnation: number) {
    const { from } = sent;
    if (actor.member.state === "starting") return hold(actor, { from, event: sent.event });
    if (!actor.cell || incarnation !== actor.member.incarnation) {
      return mail.undeliverable(actor.address, sent, actor.cell ? "down" : "undeliverable");
    }
    if (sent.run === "reply" && sent.ask !== 0 && !actor.pending.delete(sent.ask)) return;
    deliver(actor, { from, event: sent.event });
  }

  function deliver(actor: SimulatedActor, delivery: Delivery) {
    const { cell, address, member } = actor;
    if (!cell) return;
    if (member.state === "paused") return hold(actor, delivery);
    const { event, from } = delivery;
    const { incarnation } = member;
    const phaseBefore = cell.machine.phase();
    let effects: readonly Effect[];
    try {
      effects = cell.deliver(event, stage.wallMs(address), time.uptimeMs());
    } catch (error) {
      return lives.take({ kind: "ended", address, incarnation, exit: exitOf(error) });
    }
    const phase = cell.machine.phase();
    journal.record({ atMs: time.uptimeMs(), to: address, from, event, phase }, cell.digest());
    carryOut(actor, effects, carriers);
    if (cell.machine.ended()) lives.take({ kind: "ended", address, incarnation, exit: inGoodOrder });
    if (engine.watching()) engine.observe(address, event.type, phase === phaseBefore ? undefined : phase);
    for (const observe of observers) observe(address, event, phase);
  }

  function hold(actor: SimulatedActor, { from, event }: Delivery) {
    if (actor.waiting.length < actor.definition.mailboxMax) return void actor.waiting.push({ from, event });
    const { ask = 0 } = event as { ask?: AskId };
    mail.undeliverable(actor.address, sentNotice(from, event, ask), "overflow");
  }

  return {
    arrive,
    deliver,
    deliverWaiting(actor) {
      for (const delivery of actor.waiting.splice(0)) deliver(actor, delivery);
    },
    carryOut: (actor, effects) => carryOut(actor, effects, carriers),
  };
}

/** How a life ends whose machine has reached a final state. */
export const inGoodOrder = { crashed: false, reason: "ended" };

function carriersOf({ mail, timers, devices, lives, outside: driver }: Stage): Carriers<SimulatedActor> {
  return {
    send: (actor, { to, body }, ask) => mail.transmit(actor, to, sentMail(actor.address, body, ask)),
    expectAnswer: timers.expectAnswer,
    reply(actor, { to, id, body }) {
      if (to === outside) driver.settle(id, { body });
      else mail.transmit(actor, to, sentReply(actor.address, body, id));
    },
    setTimer: timers.setTimer,
    cancelTimer: (actor, name) => void actor.timers.delete(name),
    device: devices.request,
    supervise: lives.take,
    log: () => {},
  };
}
