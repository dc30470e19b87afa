import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ActorDefinition, Address, AskId } from "../../core/actor.ts";
import { type Cell, startCell } from "../../core/cell.ts";
import type { Effect } from "../../core/effect.ts";
import { createMailbox } from "../../core/mailbox.ts";
import { mix32 } from "../../core/random.ts";
import { createFaultEngine } from "../../faults/engine.ts";
import type { FaultControl } from "../../faults/kind.ts";
import type { Exit } from "../../supervision/supervisor.ts";
import { createAskDeadlines } from "./ask_deadlines.ts";
import type { Director, LifeOrder, ShardControl } from "./control.ts";
import type { FreeDevice } from "./free_cast.ts";
import { createLinks } from "./links.ts";
import { createLifeJournal, createShardActor, type ShardActor, type ShardEvent } from "./shard_actor.ts";
import type { ShardClock } from "./shard_clock.ts";
import { createShardDevices } from "./shard_devices.ts";
import { createShardMail, force } from "./shard_mail.ts";
import { createShardTimers } from "./shard_timers.ts";
import { op, type PeerId } from "./wire.ts";

/** What a shard is made of. */
export interface ShardOptions {
  /** Those that may live here. */
  readonly actors: readonly ActorDefinition[];
  readonly devices: readonly FreeDevice[];
  readonly seed: number;
  readonly peer: PeerId;
  readonly clock: ShardClock;
  readonly director: Director;
  readonly journalMax: number;
  readonly isLogged: boolean;
}

/** A turn ends after so many steps or so long; then timers, ports, sockets and disks have theirs. */
const turnStepsMax = 1000;
const turnMsMax = 5;
/** An actor takes so many steps before the next one in the shard has its share. */
const shareMax = 64;
const pastJournalsMax = 100;
const farewellMsMax = 1000;
const clockLookedAtEvery = 16;

/** Lifecycles are the main thread's: its engine begins and ends them. */
const noControl: FaultControl = {
  addresses: () => [],
  crash: () => {},
  holdDown: () => {},
  pause: () => {},
  resume: () => {},
};

/** The runtime of one worker: any number of actors, their mail, timers and devices. */
export function createShard(options: ShardOptions): ShardControl {
  const { seed, peer, clock, director, journalMax, isLogged } = options;
  const definitions = new Map<string, ActorDefinition>(options.actors.map((each) => [each.kind, each]));
  const actors = new Map<Address, ShardActor>();
  const ready = createMailbox<ShardActor>(Number.POSITIVE_INFINITY);
  const faultEnds = new Map<number, () => void>();
  /** The journals of lives that have ended: the last few, for finding out why. */
  const pastJournals = new Map<Address, ShardActor["journal"]>();
  let isScheduled = false;
  let steps = 0;

  const faults = createFaultEngine({
    faults: [],
    // Links of different shards draw different numbers.
    seed: mix32(seed, peer),
    control: noControl,
    uptimeMs: clock.uptimeMs,
    callLater: (delayMs, body) => clock.at(clock.uptimeMs() + delayMs, body),
  });
  const links = createLinks({
    self: peer,
    locate: (address) => director.locate(address),
    receive: (piece) => mail.arrive(piece),
    undelivered: (piece, reason) => mail.undelivered(piece, reason),
    unsendable({ from, to, body }, { message }) {
      const actor = actors.get(from);
      const type = (body as ShardEvent | undefined)?.type ?? "an answer";
      if (actor) crash(actor, `Cannot send "${type}" from "${from}" to "${to}": ${message}, messages are plain data`);
    },
    wake: schedule,
  });
  const mail = createShardMail({ clock, faults, actors, sendAway: links.send, enqueue });
  const deliver = (actor: ShardActor, event: ShardEvent) => force(actor, event, enqueue);
  const timers = createShardTimers(clock, deliver);
  const deadlines = createAskDeadlines(clock, expire);
  const devices = createShardDevices({ definitions: options.devices, seed, clock, wallMs, faults, deliver, crash });

  // ---- Turns

  function schedule() {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(turn);
  }

  function enqueue(actor: ShardActor) {
    if (actor.isQueued || actor.isPaused) return;
    actor.isQueued = true;
    ready.force(actor);
    schedule();
  }

  function turn() {
    const endMs = performance.now() + turnMsMax;
    const stepsEnd = steps + turnStepsMax;
    for (let actor = ready.shift(); actor; actor = ready.shift()) {
      actor.isQueued = false;
      takeShare(actor, endMs);
      if (actor.isAlive && actor.mailbox.size() > 0) enqueue(actor);
      if (steps >= stepsEnd || performance.now() >= endMs) break;
    }
    links.flush();
    isScheduled = false;
    if (ready.size() > 0) schedule();
  }

  function takeShare(actor: ShardActor, endMs: number) {
    for (let taken = 1; taken <= shareMax && actor.isAlive && !actor.isPaused; taken++) {
      const event = actor.mailbox.shift();
      if (!event) return;
      step(actor, event);
      if (taken % clockLookedAtEvery === 0 && performance.now() >= endMs) return;
    }
  }

  // ---- Steps

  function step(actor: ShardActor, event: ShardEvent) {
    if ((event.type.startsWith("timer.") || event.type.startsWith("xstate.")) && !timers.take(actor, event)) return;
    steps++;
    const [nowMs, uptimeMs] = [wallMs(actor.address), clock.uptimeMs()];
    let effects: Effect[] = [];
    try {
      effects = actor.cell.deliver(event, nowMs, uptimeMs);
      actor.journal?.record({ event, nowMs, uptimeMs, effects });
      carryOut(actor, effects);
    } catch (error) {
      const reason = textOf(error);
      if (effects.length === 0) actor.journal?.record({ event, nowMs, uptimeMs, effects, crash: reason });
      return crash(actor, reason);
    }
    if (actor.isAlive && actor.cell.machine.ended()) exit(actor, { crashed: false, reason: "ended" });
  }

  function wallMs(address: Address): number {
    return Date.now() + (faults.active() ? Math.floor(faults.skewMs(address)) : 0);
  }

  function carryOut(actor: ShardActor, effects: readonly Effect[]) {
    for (const effect of effects) {
      if (!actor.isAlive) return;
      carryOutOne(actor, effect);
    }
  }

  function carryOutOne(actor: ShardActor, effect: Effect) {
    const { address } = actor;
    switch (effect.kind) {
      case "send":
        return mail.transmit({ op: op.mail, to: effect.to, from: address, ask: 0, body: effect.body });
      case "ask":
        actor.pending.set(effect.id, effect.to);
        deadlines.watch(actor, effect.id, effect.timeoutMs);
        return mail.transmit({ op: op.mail, to: effect.to, from: address, ask: effect.id, body: effect.body });
      case "reply":
        return mail.transmit({ op: op.reply, to: effect.to, from: address, ask: effect.id, body: effect.body });
      case "timer":
        return timers.set(actor, effect.name, effect.delayMs);
      case "cancel":
        return timers.cancel(actor, effect.name);
      case "device":
        return devices.request(actor, effect);
      case "spawn":
        return director.spawn(address, actor.order.incarnation, effect.spec);
      case "stop":
        return director.stop(effect.address);
      case "monitor":
        return director.monitor(address, effect.address);
      case "demonitor":
        return director.demonitor(address, effect.address);
      case "log":
        return isLogged ? director.log(address, effect.text) : undefined;
    }
  }

  function expire(actor: ShardActor, ask: AskId) {
    const from = actor.pending.get(ask);
    if (from === undefined || !actor.pending.delete(ask)) return;
    deliver(actor, { type: "failed", ask, from, reason: "timeout" } as ShardEvent);
  }

  // ---- Lives

  function start(order: LifeOrder) {
    const { address, parent, input, incarnation, kind } = order;
    const [nowMs, uptimeMs] = [wallMs(address), clock.uptimeMs()];
    let cell: Cell;
    try {
      const definition = definitions.get(kind);
      if (!definition) {
        throw new Error(
          `Cannot start actor "${address}": no "${kind}" is exported by the module that its definition names, export it there`,
        );
      }
      cell = startCell({ definition, address, parent, input, incarnation, seed, nowMs, uptimeMs });
    } catch (error) {
      return director.exited(address, incarnation, { crashed: true, reason: textOf(error) });
    }
    const { firstEffects } = cell;
    const life = { kind, address, parent, input, incarnation, seed, nowMs, uptimeMs, firstEffects };
    const actor = createShardActor(order, cell, journalMax > 0 ? createLifeJournal(life, journalMax) : undefined);
    actors.set(address, actor);
    // What others here have sent to it meanwhile comes before what they send from now on.
    links.located(address, peer);
    director.started(address, incarnation);
    try {
      carryOut(actor, firstEffects);
    } catch (error) {
      return crash(actor, textOf(error));
    }
    if (actor.isAlive && cell.machine.ended()) exit(actor, { crashed: false, reason: "ended" });
    schedule();
  }

  function crash(actor: ShardActor, reason: string) {
    exit(actor, { crashed: true, reason });
  }

  function exit(actor: ShardActor, how: Exit) {
    if (!end(actor, how.crashed)) return;
    // What it sent before it ended goes before the news that it has.
    links.flush();
    director.exited(actor.address, actor.order.incarnation, how);
  }

  function end(actor: ShardActor, crashed: boolean): boolean {
    if (!actor.isAlive) return false;
    actor.isAlive = false;
    actors.delete(actor.address);
    if (actor.journal) keepJournal(actor.address, actor.journal);
    for (const device of actor.devices.values()) device.close(crashed);
    for (let event = actor.mailbox.shift(); event; event = actor.mailbox.shift()) returnUnread(actor, event);
    failAsksTo(actor.address);
    return true;
  }

  function keepJournal(address: Address, journal: ShardActor["journal"]) {
    pastJournals.delete(address);
    pastJournals.set(address, journal);
    if (pastJournals.size <= pastJournalsMax) return;
    for (const [oldest] of pastJournals) return pastJournals.delete(oldest);
  }

  /** Mail that nobody will read: whoever awaits an answer learns that none comes. */
  function returnUnread({ address }: ShardActor, event: ShardEvent) {
    const { from, ask, body } = event as { from?: Address; ask?: AskId; body?: unknown };
    const isMail = from !== undefined && ask !== undefined && event.type === (body as ShardEvent | undefined)?.type;
    if (!isMail || from.startsWith("device:")) return;
    mail.undelivered({ op: op.mail, to: address, from, ask, body }, "down");
  }

  function failAsksTo(address: Address) {
    for (const actor of actors.values()) {
      for (const [ask, to] of actor.pending) if (to === address) mail.fail(actor, ask, "down");
    }
  }

  function living(address: Address, incarnation: number): ShardActor | undefined {
    const actor = actors.get(address);
    return actor?.order.incarnation === incarnation ? actor : undefined;
  }

  function stop(address: Address, incarnation: number) {
    const actor = living(address, incarnation);
    if (!actor) return;
    actor.isPaused = false;
    if (!actor.cell.machine.handles("stop")) return exit(actor, { crashed: false, reason: "stopped" });
    deliver(actor, { type: "stop" });
  }

  return {
    start,
    stop,
    kill(address, incarnation, how) {
      const actor = living(address, incarnation);
      if (actor) exit(actor, how);
    },
    pause(address) {
      const actor = actors.get(address);
      if (actor) actor.isPaused = true;
    },
    resume(address) {
      const actor = actors.get(address);
      if (!actor?.isPaused) return;
      actor.isPaused = false;
      if (actor.mailbox.size() > 0) enqueue(actor);
    },
    located: links.located,
    accept: links.accept,
    drop: links.drop,
    gone(address, watchers) {
      links.forget(address);
      failAsksTo(address);
      for (const watcher of watchers) {
        const actor = actors.get(watcher);
        if (actor && !mail.isCut(address, watcher, "down")) deliver(actor, { type: "down", address } as ShardEvent);
      }
    },
    notify(address, event) {
      const actor = actors.get(address);
      const about = "address" in event ? event.address : address;
      if (actor && !mail.isCut(about, address, event.type)) deliver(actor, event);
    },
    beginFault: (id, fault) => faultEnds.set(id, faults.begin(fault)).size > 0,
    endFault(id) {
      faultEnds.get(id)?.();
      return faultEnds.delete(id);
    },
    inspect(address) {
      const actor = actors.get(address);
      return actor && { phase: actor.cell.machine.phase(), waiting: actor.mailbox.size() };
    },
    journalOf: (address) => (actors.get(address)?.journal ?? pastJournals.get(address))?.read(),
    deadLetters: mail.deadLetters,
    async farewell() {
      const endMs = clock.uptimeMs() + farewellMsMax;
      while (links.isWaiting() && clock.uptimeMs() < endMs) await new Promise(setImmediate);
      links.flush();
      return mail.deadLetters();
    },
    stats({ collects = false } = {}) {
      if (collects) collectGarbage();
      const { used_heap_size: heapUsedBytes, total_heap_size: heapTotalBytes } = getHeapStatistics();
      const [resident] = actors.size === 1 ? actors.keys() : [];
      const who = resident === undefined ? {} : { resident };
      return { actors: actors.size, ...who, steps, heapUsedBytes, heapTotalBytes };
    },
  };
}

function collectGarbage() {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
