import type { Address } from "../core/actor.ts";
import { mix32, type Random, randomFrom } from "../core/random.ts";
import type { Fault, FaultAction, FaultLayer, FaultName, Trigger } from "./fault.ts";
import type { BoundFault, DeviceVerdict, Envelope, FaultControl, LinkVerdict } from "./kind.ts";
import { bindFault } from "./known_faults.ts";

/** What an engine is made of. */
export interface FaultEngineOptions {
  readonly faults: readonly Fault[];
  readonly seed: number;
  readonly control: FaultControl;
  uptimeMs(): number;
  /** Calls back later, in the host's time. */
  callLater(delayMs: number, body: () => void): void;
}

/** A fault that began or ended, for people to read. */
export interface FaultNote {
  readonly atMs: number;
  readonly text: string;
}

/** What came of a fault: a plan whose faults hit nothing tries nothing. */
export interface Strike {
  readonly kind: FaultName;
  /** Whether its trigger came. */
  hasBegun: boolean;
  /** How often something passed by it and was not spared: a message, a device request, a look at the clock, a life. */
  hits: number;
}

/** The fault layer of one host, driven by a plan. */
export interface FaultEngine extends FaultLayer {
  /** Whether any fault is active: hosts skip the layer when none is. */
  active(): boolean;
  /** The kinds of those that are active. */
  activeKinds(): readonly FaultName[];
  /** Whether any trigger still waits for something to happen. */
  watching(): boolean;
  /**
   * Begins a fault now; the result ends it.
   *
   * @throws Error when there is no such kind, or its parameters are not what it wants
   */
  begin(fault: FaultAction): () => void;
  /** Ends what is active and forgets what has not begun. */
  heal(): void;
  notes(): readonly FaultNote[];
  /** What came of each fault of the plan, in its order, and then of those begun by hand. */
  strikes(): readonly Readonly<Strike>[];
  /** When each of them began last, in virtual milliseconds; undefined before. */
  begunMs(): readonly (number | undefined)[];
}

interface Active {
  readonly fault: BoundFault;
  readonly strike: Strike;
  readonly random: Random;
  readonly sinceMs: number;
}

type EventTrigger = Extract<Trigger, { readonly actor: Address }>;

interface Waiting {
  readonly begin: () => void;
  readonly trigger: EventTrigger;
  seen: number;
  /** Whether the actor is in the trigger's phase: to stay in it, from one part of it to another, is not to enter it. */
  isInside: boolean;
}

const notesMax = 1000;

/**
 * Makes the engine of one host.
 *
 * @throws Error when the plan names a kind of fault that there is not, or gives it parameters that it cannot take
 */
export function createFaultEngine(options: FaultEngineOptions): FaultEngine {
  const { faults, seed, control, uptimeMs, callLater } = options;
  const active = new Set<Active>();
  const notes: FaultNote[] = [];
  const strikes: Strike[] = [];
  const begunMs = new Map<Strike, number>();
  let waiting: Waiting[] = [];
  let begun = 0;
  let isHealed = false;

  function note(text: string) {
    if (notes.length < notesMax) notes.push({ atMs: uptimeMs(), text });
  }

  function strikeOf(kind: FaultName): Strike {
    const strike = { kind, hasBegun: false, hits: 0 };
    strikes.push(strike);
    return strike;
  }

  function begin(fault: BoundFault, forMs: number | undefined, strike: Strike): () => void {
    const entry: Active = { fault, strike, random: randomFrom(mix32(seed, ++begun)), sinceMs: uptimeMs() };
    active.add(entry);
    note(fault.text);
    strike.hasBegun = true;
    begunMs.set(strike, uptimeMs());
    if (fault.actor !== undefined && control.addresses().includes(fault.actor)) strike.hits++;
    fault.begin(control);
    const end = () => {
      if (!active.delete(entry)) return;
      fault.end(control);
      note(`over: ${fault.text}`);
    };
    if (forMs !== undefined) callLater(forMs, end);
    return end;
  }

  function arm({ trigger, forMs, ...action }: Fault) {
    const fault = bindFault(action);
    const strike = strikeOf(action.kind);
    const start = () => void begin(fault, forMs, strike);
    if ("atMs" in trigger) callLater(Math.max(0, trigger.atMs - uptimeMs()), () => isHealed || start());
    else waiting.push({ begin: start, trigger, seen: 0, isInside: false });
  }

  function observe(address: Address, eventType: string, phaseEntered: string | undefined) {
    // Asked at every step, and hardly ever is the answer yes.
    if (!isAwaited(waiting, address)) return;
    const due = waiting.filter((each) => matches(each, address, eventType, phaseEntered));
    for (const each of due) {
      if (++each.seen !== each.trigger.nth) continue;
      waiting = waiting.filter((other) => other !== each);
      each.begin();
    }
  }

  function link(envelope: Envelope): LinkVerdict | undefined {
    let sum: LinkVerdict | undefined;
    for (const { fault, strike, random } of active) {
      const verdict = fault.link(envelope, random);
      if (!verdict) continue;
      strike.hits++;
      sum = sum ? addLinks(sum, verdict) : verdict;
    }
    return sum;
  }

  function device(address: Address, name: string, request: unknown): DeviceVerdict | undefined {
    let sum: DeviceVerdict | undefined;
    for (const { fault, strike, random } of active) {
      const verdict = fault.device({ address, device: name, request }, random);
      if (!verdict) continue;
      strike.hits++;
      sum = { ...sum, ...verdict };
    }
    return sum;
  }

  function skewMs(address: Address): number {
    let sum = 0;
    for (const { fault, strike, sinceMs } of active) {
      const skew = fault.skewMs(address, uptimeMs() - sinceMs);
      if (skew === undefined) continue;
      strike.hits++;
      sum += skew;
    }
    return sum;
  }

  function heal() {
    isHealed = true;
    waiting = [];
    for (const entry of [...active]) {
      active.delete(entry);
      entry.fault.end(control);
    }
    note("all faults healed");
  }

  for (const fault of faults) arm(fault);
  return {
    active: () => active.size > 0,
    activeKinds: () => [...active].map(({ strike }) => strike.kind),
    watching: () => waiting.length > 0,
    begin: ({ forMs, ...action }) => begin(bindFault(action), forMs, strikeOf(action.kind)),
    heal,
    notes: () => notes,
    strikes: () => strikes,
    begunMs: () => strikes.map((each) => begunMs.get(each)),
    link,
    device,
    skewMs,
    observe,
  };
}

function isAwaited(waiting: readonly Waiting[], address: Address): boolean {
  for (const { trigger } of waiting) if (trigger.actor === address) return true;
  return false;
}

function matches(waiting: Waiting, address: Address, event: string, phase: string | undefined): boolean {
  const { trigger } = waiting;
  if (trigger.actor !== address) return false;
  if (trigger.phase !== undefined && !enters(waiting, trigger.phase, phase)) return false;
  return trigger.event === undefined || trigger.event === event;
}

/** A phase is named by its path, or by one state on it: `leader` and `running.leader` hold in `running.leader.serving`. */
function enters(waiting: Waiting, wanted: string, phase: string | undefined): boolean {
  if (phase === undefined) return false;
  const wasInside = waiting.isInside;
  waiting.isInside = `${phase}.`.startsWith(`${wanted}.`) || phase.split(".").includes(wanted);
  return waiting.isInside && !wasInside;
}

function addLinks(a: LinkVerdict, b: LinkVerdict): LinkVerdict {
  const lane = a.lane ?? b.lane;
  const mishap = a.mishap ?? b.mishap;
  return {
    ...(lane === undefined ? {} : { lane }),
    ...(mishap === undefined ? {} : { mishap }),
    lost: (a.lost || b.lost) === true,
    delayMs: (a.delayMs ?? 0) + (b.delayMs ?? 0),
    copies: (a.copies ?? 0) + (b.copies ?? 0),
    overtakes: (a.overtakes || b.overtakes) === true,
  };
}
