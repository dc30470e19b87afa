import type { Address, Message } from "../../core/actor.ts";
import { createJournal, type Journal } from "../../core/journal.ts";
import { createFaultEngine, type FaultEngine } from "../../faults/engine.ts";
import type { Fault } from "../../faults/fault.ts";
import type { ChildSpec } from "../../supervision/child_spec.ts";
import { createTree } from "../../supervision/tree.ts";
import { createDeadLetterBox } from "../dead_letters.ts";
import { type ActorReport, AskError, type Cast, type Host, outside } from "../host.ts";
import { sentMail } from "./sent.ts";
import { reportOf } from "./simulated_actor.ts";
import { createSimulatedDevices } from "./simulated_devices.ts";
import { createSimulatedLives } from "./simulated_lives.ts";
import { createSimulatedMail } from "./simulated_mail.ts";
import { createSimulatedOutside } from "./simulated_outside.ts";
import type { Ground, Stage, StepObserver } from "./simulated_stage.ts";
import { createSimulatedSteps } from "./simulated_steps.ts";
import { createSimulatedTimers } from "./simulated_timers.ts";
import { createVirtualTime, microsPerMs } from "./virtual_time.ts";

/** What a simulation is made of. Equal options and equal calls give equal runs, to the last bit. */
export interface SimulationOptions {
  readonly cast: Cast;
  readonly seed: number;
  /** The wall clock at the start. Default 2026-01-01T00:00:00Z. */
  readonly startMs?: number;
  /** How long a message takes between two actors: drawn from the seed between these. Default 0.05 to 0.5. */
  readonly latencyMs?: readonly [least: number, most: number];
  /** How many different numbers `step.float` gives: of few, what is drawn has often been drawn before. Default 2^32. */
  readonly fractions?: number;
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
  /** Called after each step. */
  onStep(observer: StepObserver): void;
}

/** What clocks show when a simulation begins that is not told otherwise, in milliseconds since 1970. */
export const simulationStartMs = Date.UTC(2026, 0, 1);
const latencyMsDefault: readonly [number, number] = [0.05, 0.5];
/** How long what is told to stop may take, in virtual time. */
const stopMsMax = 60_000;

/** Makes a simulation; nothing lives in it yet. */
export function createSimulation(options: SimulationOptions): Simulation {
  const stage = createStage(options);
  const { cast, tree, time, mail, lives, engine, journal, letters } = stage;
  const uptimeMs = time.uptimeMs;
  const { stopNow, ...driver } = createDriver(stage);
  const spawnNow = (spec: ChildSpec) => {
    lives.take({ kind: "spawn", spec });
    return spec.name;
  };
  const crashNow = (address: Address, reason: string) => lives.take({ kind: "crash", address, reason });
  const report = (address: Address) => {
    const actor = stage.actors.get(address);
    return actor && reportOf(actor);
  };

  let judge: ((spec: ChildSpec) => Promise<void>) | undefined;

  async function close() {
    const roots = [...tree.members.values()].reverse().filter(({ parent }) => parent === "");
    for (const { address } of roots) lives.take({ kind: "stop", address });
    driver.runUntil(() => tree.members.size === 0, uptimeMs() + stopMsMax);
  }

  return {
    name: "simulation",
    journal,
    faults: engine,
    uptimeMs,
    ...driver,
    spawnNow,
    crashNow,
    report,
    dataOf: (address) => stage.actors.get(address)?.cell?.machine.data(),
    onStep: (observer) => void stage.observers.push(observer),
    async spawn(spec) {
      // As a worker that loads the module does; loaded on use: runs by the thousand never look.
      judge ??= (await import("../../build/check_module.ts")).createSpecJudge(cast);
      await judge(spec);
      return spawnNow(spec);
    },
    stop: async (address) => stopNow(address),
    send: (to, body) => mail.transmit(undefined, to, sentMail(outside, body, 0)),
    ask: async (to, body, timeoutMs) => driver.askNow(to, body, timeoutMs),
    inspect: async (address) => report(address),
    addresses: () => [...tree.members.keys()].sort(),
    crash: async (address, reason) => crashNow(address, reason),
    inject: async (fault) => {
      const end = engine.begin(fault);
      return async () => end();
    },
    deadLetters: async () => letters.read(),
    failures: () => stage.failures,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Makes the parts of a simulation; each is made of those before it, and finds the others when it needs them. */
function createStage(options: SimulationOptions): Stage {
  const stage = createGround(options) as { -readonly [Part in keyof Stage]: Stage[Part] };
  const { seed, tree, time } = stage;
  const { uptimeMs, callLater } = time;
  const take: Stage["lives"]["take"] = (event) => stage.lives.take(event);
  stage.engine = createFaultEngine({
    faults: options.faults ?? [],
    seed,
    control: {
      addresses: () => [...tree.members.keys()].sort(),
      crash: (address, reason) => take({ kind: "crash", address, reason }),
      holdDown: (address, held) => take({ kind: held ? "hold" : "release", address }),
      pause: (address) => take({ kind: "pause", address }),
      resume: (address) => take({ kind: "resume", address }),
    },
    uptimeMs,
    callLater,
  });
  stage.outside = createSimulatedOutside();
  stage.lives = createSimulatedLives(stage);
  stage.timers = createSimulatedTimers(stage);
  stage.devices = createSimulatedDevices(stage);
  stage.mail = createSimulatedMail(stage);
  stage.steps = createSimulatedSteps(stage);
  return stage;
}

function createGround(options: SimulationOptions): Ground {
  const { cast, seed, startMs = simulationStartMs, freeze = true, journalMax = 0, fractions } = options;
  const [leastMs, mostMs] = options.latencyMs ?? latencyMsDefault;
  const time = createVirtualTime(seed);
  const ground: Ground & Partial<Pick<Stage, "engine">> = {
    cast,
    seed,
    latency: {
      least: Math.round(leastMs * microsPerMs),
      range: Math.max(1, Math.round((mostMs - leastMs) * microsPerMs)),
    },
    isFrozen: freeze,
    fractions,
    time,
    tree: createTree(cast.actors),
    definitions: new Map(cast.actors.map((definition) => [definition.kind, definition])),
    actors: new Map(),
    journal: createJournal({ keepMax: journalMax }),
    letters: createDeadLetterBox(),
    failures: [],
    observers: [],
    wallMs(address) {
      const skewMs = ground.engine?.active() ? ground.engine.skewMs(address) : 0;
      return startMs + Math.floor(time.uptimeMs() + skewMs);
    },
  };
  return ground;
}

interface Driver extends Pick<Simulation, "step" | "advance" | "runUntil" | "askNow"> {
  stopNow(address: Address): void;
}

/** What moves a simulation on. */
function createDriver(stage: Stage): Driver {
  const { time, timers, steps, mail, lives, tree } = stage;

  function step(): boolean {
    const item = time.next();
    if (!item) return false;
    const { target, what } = item;
    if (what.run === "call") what.body();
    else if (!target) return true;
    else if (what.run === "timer") timers.fireTimer(target, what);
    else if (what.run === "asks") timers.sweepAsks(target, what);
    else steps.arrive(target, what, item.incarnation);
    return true;
  }

  function runUntil(predicate: () => boolean, deadlineMs: number): boolean {
    const until = Math.round(deadlineMs * microsPerMs);
    while (!predicate()) {
      if (time.nextAt() > until) {
        time.passUntil(until);
        return false;
      }
      step();
    }
    return true;
  }

  return {
    step,
    runUntil,
    advance(ms) {
      const until = time.now() + Math.round(ms * microsPerMs);
      while (time.nextAt() <= until) step();
      time.passUntil(until);
    },
    askNow(to: Address, body: Message, timeoutMs: number) {
      const { ask, answer } = stage.outside.expect();
      mail.transmit(undefined, to, sentMail(outside, body, ask));
      runUntil(() => answer() !== undefined, time.uptimeMs() + timeoutMs);
      const found = answer();
      stage.outside.forget(ask);
      if (found && "body" in found) return found.body;
      throw new AskError(to, body.type, found?.failed ?? "timeout");
    },
    stopNow(address) {
      lives.take({ kind: "stop", address });
      runUntil(() => !tree.members.has(address), time.uptimeMs() + stopMsMax);
    },
  };
}
