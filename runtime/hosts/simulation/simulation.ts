import type { Address, AskId, FailedEvent, Message } from "../../core/actor.ts";
import type { Effect } from "../../core/effect.ts";
import { createJournal, type Journal } from "../../core/journal.ts";
import { allPermissions } from "../../core/permissions.ts";
import { hash32, mix32 } from "../../core/random.ts";
import { createFaultEngine, type FaultEngine } from "../../faults/engine.ts";
import type { Fault } from "../../faults/fault.ts";
import type { ChildSpec } from "../../supervision/supervisor.ts";
import { type Sent, sentMail, sentNotice, sentReply } from "../free/sent.ts";
import { type ActorReport, AskError, type Cast, type Host, type HostFailure, outside } from "../host.ts";
import { deepFreeze } from "./deep_freeze.ts";
import { createEventHeap } from "./event_heap.ts";
import { type Delivery, type Link, linkOf, reportOf, type SimulatedActor } from "./simulated_actor.ts";
import { createSimulatedDevices } from "./simulated_devices.ts";
import { createLifecycle } from "./simulated_lifecycle.ts";
import { type Item, microsPerMs, type Run, type Stage } from "./simulated_stage.ts";
import { createSimulatedTimers } from "./simulated_timers.ts";

/** What a simulation is made of. Equal options and equal calls give equal runs, to the last bit. */
export interface SimulationOptions {
  readonly cast: Cast;
  readonly seed: number;
  /** The wall clock at the start. Default 2026-01-01T00:00:00Z. */
  readonly startMs?: number;
  /** How long a message takes between two actors: drawn from the seed between these. Default 0.05 to 0.5. */
  readonly latencyMs?: readonly [least: number, most: number];
  /** Faults with triggers. Default none. */
  readonly faults?: readonly Fault[];
  /** How many deliveries the journal keeps to be read (all are hashed). Default 0. */
  readonly journalMax?: number;
  /** Freezes messages deeply, so that an actor that changes one crashes. Default true. */
  readonly freeze?: boolean;
}

/** The simulation host: one thread, virtual time, one delivery at a time, order drawn from the seed. */
export interface Simulation extends Host {
  readonly journal: Journal;
  readonly faults: FaultEngine;
  /** Virtual milliseconds since the start. */
  uptimeMs(): number;
  /** Takes one step; false when nothing is due, ever. */
  step(): boolean;
  /** Lets that much virtual time pass. */
  advance(ms: number): void;
  /** Steps until the predicate holds (looked at after each step); false when `deadlineMs` of uptime passed first. */
  runUntil(predicate: () => boolean, deadlineMs: number): boolean;
  askNow(to: Address, body: Message, timeoutMs: number): unknown;
  spawnNow(spec: ChildSpec): Address;
  crashNow(address: Address, reason: string): void;
  /** An actor's own data, for checks: never change it. */
  dataOf(address: Address): unknown;
  report(address: Address): ActorReport | undefined;
  /** Called after each step, with the address that took it. */
  onStep(observer: (address: Address) => void): void;
}

const startMsDefault = Date.UTC(2026, 0, 1);
const latencyMsDefault: readonly [number, number] = [0.05, 0.5];
const deadLettersMax = 20;

/** Makes a simulation; nothing lives in it yet. */
export function createSimulation(options: SimulationOptions): Simulation {
  const { cast, seed, startMs = startMsDefault, faults = [], freeze = true } = options;
  const [latencyLeastMs, latencyMostMs] = options.latencyMs ?? latencyMsDefault;
  const latencyLeast = Math.round(latencyLeastMs * microsPerMs);
  const latencyRange = Math.max(1, Math.round((latencyMostMs - latencyLeastMs) * microsPerMs));
  const heap = createEventHeap<Item>();
  const journal = createJournal({ keepMax: options.journalMax ?? 0 });
  const actors = new Map<Address, SimulatedActor>();
  const observers: ((address: Address) => void)[] = [];
  const failures: HostFailure[] = [];
  const lost: { from: Address; to: Address; type: string }[] = [];
  /** The outside sends in order too. */
  const outsider = { links: new Map<Address, Link>(), addressHash: hash32(outside) };
  const outsideAsks = new Map<AskId, (answer: { body: unknown } | { failed: FailedEvent["reason"] }) => void>();
  let [now, sequence, lostCount, outsideId] = [0, 0, 0, 0];

  const uptimeMs = () => now / microsPerMs;
  const skewMs = (address: Address) => (engine.active() ? engine.skewMs(address) : 0);
  const wallMs = (address: Address) => startMs + Math.floor(uptimeMs() + skewMs(address));

  function schedule(at: number, run: Run, target: SimulatedActor | undefined, from: Address, payload: unknown) {
    // A time that is no number would silently break the order of the heap: a fault's parameter is missing, then.
    if (!(at >= now))
      throw new Error(`Cannot schedule a ${run} at ${at} us: it is ${now} us, look for a missing parameter`);
    sequence++;
    const tie = target ? mix32(target.addressHash ^ seed, target.arrivals++) : 0;
    const incarnation = target ? target.incarnation : 0;
    heap.push({ at, tie, sequence, run, target, incarnation, from, payload });
  }

  function callLater(delayMs: number, body: () => void) {
    schedule(now + Math.round(delayMs * microsPerMs), "call", undefined, outside, body);
  }

  function deadLetter(from: Address, to: Address, type: string) {
    lostCount++;
    lost.push({ from, to, type });
    if (lost.length > deadLettersMax) lost.shift();
  }

  // ---- Between actors

  /** Puts an event on its way; the fault layer may lose, hold, copy it, or let it overtake. */
  function transmit(sender: SimulatedActor | undefined, to: Address, run: "mail" | "reply", event: Sent) {
    const target = actors.get(to);
    const link = linkOf(sender ?? outsider, to, seed);
    const latency = latencyLeast + (mix32(link.key, link.sent++) % latencyRange);
    const from = sender?.address ?? outside;
    const verdict = engine.active() ? engine.link({ from, to, body: event.body, type: event.type }) : undefined;
    if (verdict?.lost) return;
    let at = now + latency + Math.round((verdict?.delayMs ?? 0) * microsPerMs);
    if (verdict?.lane !== undefined) {
      link.lanes ??= new Map();
      at = Math.max(at, (link.lanes.get(verdict.lane) ?? 0) + 1);
      link.lanes.set(verdict.lane, at);
    } else if (!verdict?.overtakes) {
      at = Math.max(at, link.lastArrivalAt + 1);
      link.lastArrivalAt = at;
    }
    if (!target) return undeliverable(from, to, event, "undeliverable");
    for (let copy = 0; copy <= (verdict?.copies ?? 0); copy++) {
      schedule(at + copy * latencyRange, run, target, from, event);
    }
  }

  function undeliverable(from: Address, to: Address, event: Sent, reason: FailedEvent["reason"]) {
    deadLetter(from, to, event.type);
    if (event.isReply || (event.ask === 0 && reason !== "overflow")) return;
    failAsk(from, { type: "failed", ask: event.ask, from: to, reason });
  }

  /** Tells the asker that there will be no answer; a broken link loses that too. */
  function failAsk(asker: Address, event: FailedEvent) {
    if (asker === outside) return settleOutside(event.ask, { failed: event.reason });
    const actor = actors.get(asker);
    if (!actor || (event.ask !== 0 && !actor.pending.has(event.ask))) return;
    if (!isCut(event.from, asker, "failed"))
      schedule(now + latencyLeast, "reply", actor, event.from, sentNotice(event, event.ask));
  }

  /** Whether a fault keeps what the runtime itself tells from passing. */
  function isCut(from: Address, to: Address, type: string): boolean {
    return engine.active() && engine.link({ from, to, body: undefined, type })?.lost === true;
  }

  function settleOutside(ask: AskId, answer: { body: unknown } | { failed: FailedEvent["reason"] }) {
    outsideAsks.get(ask)?.(answer);
    outsideAsks.delete(ask);
  }

  // ---- Steps

  function arrive(actor: SimulatedActor, item: Item) {
    const sent = item.payload as Sent;
    if (actor.state === "starting") return hold(actor, { from: item.from, event: sent.event });
    const isAlive = actor.cell !== undefined && item.incarnation === actor.incarnation;
    if (!isAlive) return undeliverable(item.from, actor.address, sent, actor.cell ? "down" : "undeliverable");
    if (item.run === "reply") {
      if (sent.ask !== 0 && !actor.pending.delete(sent.ask)) return;
    }
    deliver(actor, { from: item.from, event: sent.event });
  }

  function deliver(actor: SimulatedActor, delivery: Delivery) {
    const { cell } = actor;
    if (!cell) return;
    if (actor.state === "paused") return hold(actor, delivery);
    const phaseBefore = cell.machine.phase();
    let effects: readonly Effect[];
    try {
      effects = cell.deliver(delivery.event, wallMs(actor.address), uptimeMs());
    } catch (error) {
      lifecycle.crash(actor, textOf(error));
      return;
    }
    const phase = cell.machine.phase();
    const entry = { atMs: uptimeMs(), to: actor.address, from: delivery.from, event: delivery.event, phase };
    journal.record(entry, cell.digest());
    carryOut(actor, effects);
    if (cell.machine.ended() && actor.cell === cell) lifecycle.end(actor, "ended");
    if (engine.watching())
      engine.observe(actor.address, delivery.event.type, phase === phaseBefore ? undefined : phase);
    for (const observe of observers) observe(actor.address);
  }

  /** Keeps what came for an actor that is starting or paused. */
  function hold(actor: SimulatedActor, delivery: Delivery) {
    if (actor.waiting.length < actor.definition.mailboxMax) actor.waiting.push(delivery);
    else overflow(actor, delivery);
  }

  function overflow(actor: SimulatedActor, { from, event }: Delivery) {
    const mail = event as { ask?: AskId };
    undeliverable(from, actor.address, sentNotice(event, mail.ask ?? 0), "overflow");
  }

  // ---- Effects

  function carryOut(actor: SimulatedActor, effects: readonly Effect[]) {
    const { incarnation } = actor;
    for (const effect of effects) {
      if (actor.incarnation !== incarnation || !actor.cell) return;
      carryOutOne(actor, effect);
    }
  }

  function carryOutOne(actor: SimulatedActor, effect: Effect) {
    switch (effect.kind) {
      case "send":
        return transmit(actor, effect.to, "mail", frozen(sentMail(actor.address, effect.body, 0)));
      case "ask":
        clock.expectAnswer(actor, effect);
        return transmit(actor, effect.to, "mail", frozen(sentMail(actor.address, effect.body, effect.id)));
      case "reply":
        return reply(actor, effect);
      case "timer":
        return clock.setTimer(actor, effect.name, effect.delayMs);
      case "cancel":
        return void actor.timers.delete(effect.name);
      case "device":
        return devices.request(actor, effect);
      case "spawn":
        return lifecycle.spawnChild(effect.spec, actor);
      case "stop":
        return void stopActor(effect.address);
      case "monitor":
        return lifecycle.monitor(actor.address, effect.address);
      case "demonitor":
        return void actors.get(effect.address)?.monitors.delete(actor.address);
      case "log":
        return;
    }
  }

  function reply(actor: SimulatedActor, { to, id, body }: Effect & { kind: "reply" }) {
    if (to === outside) return settleOutside(id, { body });
    transmit(actor, to, "reply", frozen(sentReply(actor.address, body, id)));
  }

  function frozen(sent: Sent): Sent {
    if (freeze) deepFreeze(sent.event);
    return sent;
  }

  // ---- Lives

  const stage: Stage = {
    cast,
    seed,
    actors,
    failures,
    uptimeMs,
    wallMs,
    callLater,
    carryOut,
    failAsk,
    deliver,
    schedule,
    now: () => now,
    notify: (from, to, event) => {
      const target = actors.get(to);
      if (target && !isCut(from, to, event.type)) {
        schedule(now + latencyLeast, "mail", target, from, sentNotice(event, 0));
      }
    },
  };
  const lifecycle = createLifecycle(stage);
  const clock = createSimulatedTimers(stage);
  const devices = createSimulatedDevices(stage, {
    verdict: (address, device, request) => (engine.active() ? engine.device(address, device, request) : undefined),
    crash: (actor, reason) => lifecycle.crash(actor, reason),
  });
  const engine = createFaultEngine({
    faults,
    seed,
    control: {
      addresses: () => [...actors.keys()].sort(),
      crash: (address, reason) => crashNow(address, reason),
      holdDown: (address, held) => lifecycle.holdDown(address, held),
      pause: (address) => lifecycle.pause(address),
      resume: (address) => lifecycle.resume(address),
    },
    uptimeMs,
    callLater,
  });

  function crashNow(address: Address, reason: string) {
    const actor = actors.get(address);
    if (actor?.cell) lifecycle.crash(actor, reason);
  }

  function stopActor(address: Address) {
    const actor = actors.get(address);
    if (actor) lifecycle.stop(actor);
  }

  function step(): boolean {
    const item = heap.pop();
    if (!item) return false;
    now = item.at;
    const { target } = item;
    if (!target) (item.payload as () => void)();
    else if (item.run === "timer") clock.fireTimer(target, item);
    else if (item.run === "asks") clock.sweepAsks(target, item);
    else arrive(target, item);
    return true;
  }

  function advance(ms: number) {
    const until = now + Math.round(ms * microsPerMs);
    for (let next = heap.peek(); next && next.at <= until; next = heap.peek()) step();
    now = until;
  }

  function runUntil(predicate: () => boolean, deadlineMs: number): boolean {
    const until = Math.round(deadlineMs * microsPerMs);
    while (!predicate()) {
      const next = heap.peek();
      if (!next || next.at > until) {
        now = Math.max(now, until);
        return false;
      }
      step();
    }
    return true;
  }

  function askNow(to: Address, body: Message, timeoutMs: number): unknown {
    const id = ++outsideId;
    const box: { answer?: { body: unknown } | { failed: FailedEvent["reason"] } } = {};
    outsideAsks.set(id, (answer) => {
      box.answer = answer;
    });
    transmit(undefined, to, "mail", frozen(sentMail(outside, body, id)));
    runUntil(() => box.answer !== undefined, uptimeMs() + timeoutMs);
    outsideAsks.delete(id);
    if (box.answer && "body" in box.answer) return box.answer.body;
    throw new AskError(to, body.type, box.answer?.failed ?? "timeout");
  }

  function report(address: Address): ActorReport | undefined {
    const actor = actors.get(address);
    return actor && reportOf(actor);
  }

  /** Looks at the module first, as a worker that loads it does; loaded on use: runs by the thousand never look. */
  async function spawnChecked(spec: ChildSpec): Promise<Address> {
    await (await import("../../build/check_module.ts")).checkSpec(cast, spec);
    return spawnNow(spec);
  }

  function spawnNow(spec: ChildSpec): Address {
    return lifecycle.spawn(spec, undefined, allPermissions);
  }

  async function close() {
    for (const actor of [...actors.values()].reverse()) if (actor.parent === "") lifecycle.stop(actor);
    runUntil(() => actors.size === 0, uptimeMs() + 60_000);
  }

  return {
    name: "simulation",
    journal,
    faults: engine,
    uptimeMs,
    step,
    advance,
    runUntil,
    askNow,
    spawnNow,
    crashNow,
    report,
    dataOf: (address) => actors.get(address)?.cell?.machine.data(),
    onStep: (observer) => void observers.push(observer),
    spawn: spawnChecked,
    stop: async (address) => {
      stopActor(address);
      runUntil(() => !actors.has(address), uptimeMs() + 60_000);
    },
    send: (to, body) => transmit(undefined, to, "mail", frozen(sentMail(outside, body, 0))),
    ask: async (to, body, timeoutMs) => askNow(to, body, timeoutMs),
    inspect: async (address) => report(address),
    addresses: () => [...actors.keys()].sort(),
    crash: async (address, reason) => crashNow(address, reason),
    inject: async (fault) => {
      const end = engine.begin(fault);
      return async () => end();
    },
    deadLetters: async () => ({ count: lostCount, last: [...lost] }),
    failures: () => failures,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
