import type { ChildSpec } from "../supervision/child_spec.ts";
import type { Address, AskId, Mail, Message } from "./actor.ts";
import type { Effect } from "./effect.ts";
import { mix32, type Random } from "./random.ts";

/**
 * All that an actor may know and do in one step: who it is, what time it is, its random numbers, and the effects it
 * wants. Valid only during the call it is passed to.
 */
export interface Step extends Random {
  readonly self: Address;
  /** The address of the supervisor; empty for a root actor. */
  readonly parent: Address;
  /** How often this actor was started before: 0 for its first life. */
  readonly incarnation: number;
  /** The wall clock as this actor sees it, in whole milliseconds since 1970; faults may skew it. */
  readonly nowMs: number;
  /** A clock that never jumps, in whole milliseconds since the host started: for measuring durations. */
  readonly uptimeMs: number;
  /** Counts the steps of this life. */
  readonly number: number;
  /** A number no other call in any life of this actor gets. */
  nextId(): number;
  /** Tells and forgets. */
  send(to: Address, body: Message): void;
  /** Asks: the answer comes as a `reply` event, or `failed` after `timeoutMs` at the latest. */
  ask(to: Address, body: Message, timeoutMs: number): AskId;
  /** Answers mail that was asked; does nothing for mail that was only sent. */
  reply(mail: Pick<Mail, "from" | "ask">, body: unknown): void;
  /** Sets or resets a named timer: `timer.NAME` comes after `delayMs`. */
  timer(name: string, delayMs: number): void;
  cancel(name: string): void;
  /** Asks a device; its answer comes as a `reply` from `device:NAME`. */
  device(device: string, request: unknown): AskId;
  spawn(spec: ChildSpec): void;
  stop(address: Address): void;
  /** From now on a `down` event tells when that actor is gone. */
  monitor(address: Address): void;
  demonitor(address: Address): void;
  log(text: string): void;
}

/** The host's side of a step: it moves it on and takes the effects. */
export interface StepControl {
  readonly step: Step;
  /** Opens the next step at these times. */
  next(nowMs: number, uptimeMs: number): void;
  /** Hands over the effects wanted since the last call; the array is the caller's. */
  takeEffects(): Effect[];
}

/** What makes an actor's steps its own. */
export interface StepOptions {
  readonly self: Address;
  readonly parent: Address;
  readonly incarnation: number;
  /** From the run's seed and the address: see `randomKey`. */
  readonly randomKey: number;
  /** How many different numbers `float` gives. Default 2^32. */
  readonly fractions?: number | undefined;
}

/** Lives of one actor never share an ask id: each life has this many. */
const idsPerLife = 2 ** 36;

/** Makes the step object of one life of an actor. */
export function createStep({ self, parent, incarnation, randomKey, fractions }: StepOptions): StepControl {
  const lifeKey = mix32(randomKey, incarnation);
  let effects: Effect[] = [];
  let [number, nowMs, uptimeMs, draws, stepKey] = [0, 0, 0, 0, 0];
  let ids = incarnation * idsPerLife;
  const draw = () => mix32(stepKey, draws++) / 0x1_0000_0000;
  const step: Step = {
    self,
    parent,
    incarnation,
    get nowMs() {
      return nowMs;
    },
    get uptimeMs() {
      return uptimeMs;
    },
    get number() {
      return number;
    },
    float: fractions === undefined ? draw : () => Math.floor(draw() * fractions) / fractions,
    int: (below) => Math.floor(draw() * below),
    nextId: () => ++ids,
    send: (to, body) => void effects.push({ kind: "send", to, body }),
    ask(to, body, timeoutMs) {
      const id = ++ids;
      effects.push({ kind: "ask", to, body, id, timeoutMs });
      return id;
    },
    reply(mail, body) {
      if (mail.ask !== 0) effects.push({ kind: "reply", to: mail.from, id: mail.ask, body });
    },
    timer: (name, delayMs) => void effects.push({ kind: "timer", name, delayMs }),
    cancel: (name) => void effects.push({ kind: "cancel", name }),
    device(device, request) {
      const id = ++ids;
      effects.push({ kind: "device", device, id, request });
      return id;
    },
    spawn: (spec) => void effects.push({ kind: "spawn", spec }),
    stop: (address) => void effects.push({ kind: "stop", address }),
    monitor: (address) => void effects.push({ kind: "monitor", address }),
    demonitor: (address) => void effects.push({ kind: "demonitor", address }),
    log: (text) => void effects.push({ kind: "log", text }),
  };
  return {
    step,
    next(now, uptime) {
      number++;
      nowMs = now;
      // Whole, so that sums and differences of times are exact: a fraction lost to rounding would wake a timer too early.
      uptimeMs = Math.floor(uptime);
      draws = 0;
      stepKey = mix32(lifeKey, number);
    },
    takeEffects() {
      const taken = effects;
      effects = [];
      return taken;
    },
  };
}
