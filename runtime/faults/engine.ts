import type { Address } from "../actor.ts";
import { mix32, type Random, randomFrom } from "../random.ts";
import type {
  DeviceVerdict,
  Envelope,
  Fault,
  FaultControl,
  FaultKind,
  FaultLayer,
  LinkVerdict,
  Trigger,
} from "./fault.ts";
import { all } from "./kinds/all.ts";

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

/** The fault layer of one host, driven by a plan. */
export interface FaultEngine extends FaultLayer {
  /** Whether any fault is active: hosts skip the layer when none is. */
  active(): boolean;
  /** Whether any trigger still waits for something to happen. */
  watching(): boolean;
  /** Begins a fault now; the result ends it. */
  begin(fault: Omit<Fault, "trigger">): () => void;
  /** Ends what is active and forgets what has not begun. */
  heal(): void;
  notes(): readonly FaultNote[];
}

interface Active {
  readonly fault: Omit<Fault, "trigger">;
  readonly kind: FaultKind;
  readonly random: Random;
  readonly sinceMs: number;
}

type EventTrigger = Extract<Trigger, { readonly actor: Address }>;

interface Waiting {
  readonly fault: Fault;
  readonly trigger: EventTrigger;
  seen: number;
  /** Whether the actor is in the trigger's phase: to stay in it, from one part of it to another, is not to enter it. */
  isInside: boolean;
}

const kinds = new Map<string, FaultKind>(all.map((kind) => [kind.kind, kind as FaultKind]));
const notesMax = 1000;

/**
 * Makes the engine of one host.
 *
 * @throws Error when the plan names a kind of fault that there is not
 */
export function createFaultEngine(options: FaultEngineOptions): FaultEngine {
  const { faults, seed, control, uptimeMs, callLater } = options;
  const active = new Set<Active>();
  const notes: FaultNote[] = [];
  let waiting: Waiting[] = [];
  let begun = 0;
  let isHealed = false;

  function note(text: string) {
    if (notes.length < notesMax) notes.push({ atMs: uptimeMs(), text });
  }

  function begin(fault: Omit<Fault, "trigger">): () => void {
    const kind = kindOf(fault.kind);
    const random = randomFrom(mix32(seed, ++begun));
    const entry: Active = { fault, kind, random, sinceMs: uptimeMs() };
    active.add(entry);
    note(kind.describe(fault.parameters as never));
    kind.begin?.(fault.parameters as never, control);
    const end = () => {
      if (!active.delete(entry)) return;
      kind.end?.(fault.parameters as never, control);
      note(`over: ${kind.describe(fault.parameters as never)}`);
    };
    if (fault.forMs !== undefined) callLater(fault.forMs, end);
    return end;
  }

  function arm(fault: Fault) {
    kindOf(fault.kind);
    const { trigger } = fault;
    if ("atMs" in trigger) callLater(Math.max(0, trigger.atMs - uptimeMs()), () => isHealed || begin(fault));
    else waiting.push({ fault, trigger, seen: 0, isInside: false });
  }

  function observe(address: Address, eventType: string, phaseEntered: string | undefined) {
    // Asked at every step, and hardly ever is the answer yes.
    if (!isAwaited(waiting, address)) return;
    const due = waiting.filter((each) => matches(each, address, eventType, phaseEntered));
    for (const each of due) {
      if (++each.seen !== each.trigger.nth) continue;
      waiting = waiting.filter((other) => other !== each);
      begin(each.fault);
    }
  }

  function link(envelope: Envelope): LinkVerdict | undefined {
    let sum: LinkVerdict | undefined;
    for (const { kind, fault, random } of active) {
      const verdict = kind.link?.(fault.parameters as never, envelope, random);
      if (verdict) sum = sum ? addLinks(sum, verdict) : verdict;
    }
    return sum;
  }

  function device(address: Address, name: string, request: unknown): DeviceVerdict | undefined {
    let sum: DeviceVerdict | undefined;
    for (const { kind, fault, random } of active) {
      const verdict = kind.device?.(fault.parameters as never, { address, device: name, request }, random);
      if (verdict) sum = { ...sum, ...verdict };
    }
    return sum;
  }

  function skewMs(address: Address): number {
    let sum = 0;
    for (const { kind, fault, sinceMs } of active) {
      sum += kind.skewMs?.(fault.parameters as never, address, uptimeMs() - sinceMs) ?? 0;
    }
    return sum;
  }

  function heal() {
    isHealed = true;
    waiting = [];
    for (const entry of [...active]) {
      active.delete(entry);
      entry.kind.end?.(entry.fault.parameters as never, control);
    }
    note("all faults healed");
  }

  for (const fault of faults) arm(fault);
  return {
    active: () => active.size > 0,
    watching: () => waiting.length > 0,
    begin,
    heal,
    notes: () => notes,
    link,
    device,
    skewMs,
    observe,
  };
}

function kindOf(name: string): FaultKind {
  const kind = kinds.get(name);
  if (!kind)
    throw new Error(`Cannot inject fault "${name}": there is no such kind, use one of ${[...kinds.keys()].join(", ")}`);
  return kind;
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
  return {
    ...(lane === undefined ? {} : { lane }),
    lost: (a.lost || b.lost) === true,
    delayMs: (a.delayMs ?? 0) + (b.delayMs ?? 0),
    copies: (a.copies ?? 0) + (b.copies ?? 0),
    overtakes: (a.overtakes || b.overtakes) === true,
  };
}
