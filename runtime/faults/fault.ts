import type { Address, Message } from "../actor.ts";
import type { Random } from "../random.ts";

/** What happens to one message on its way; several faults' verdicts add up. */
export interface LinkVerdict {
  readonly lost?: boolean;
  readonly delayMs?: number;
  /** So many further copies arrive. */
  readonly copies?: number;
  /** It may overtake messages that the same sender sent before. */
  readonly overtakes?: boolean;
  /** It is in order only with messages of the same lane; others on the link overtake it, and it them. */
  readonly lane?: string;
}

/** What happens to one device request. */
export interface DeviceVerdict {
  readonly delayMs?: number;
  /** The device answers with this instead of acting. */
  readonly answer?: unknown;
  /** The model device knows what this means: `lostFsync`, `tornWrite`. */
  readonly mishap?: string;
  /** The actor crashes as soon as the device has the request. */
  readonly crash?: boolean;
}

/** A message between two actors, as the fault layer sees it. */
export interface Envelope {
  readonly from: Address;
  readonly to: Address;
  readonly body: Message | undefined;
  /** Replies have no body type of their own: `reply`. */
  readonly type: string;
}

/** What a fault may do to actors as a whole; the host's. */
export interface FaultControl {
  /** All actors that live now, in order of address. */
  addresses(): readonly Address[];
  /** Ends the actor and its children as a killed process ends; its supervisor restarts it unless `held`. */
  crash(address: Address, reason: string): void;
  /** While held down, a crashed actor is not restarted. */
  holdDown(address: Address, held: boolean): void;
  pause(address: Address): void;
  resume(address: Address): void;
}

/**
 * One kind of fault, a file each in `faults/kinds/`. Its parameters are plain data; hooks see only what they need.
 * All are optional: a fault on links has `link`, one on lifecycles `begin` and `end`.
 */
export interface FaultKind<Parameters = never> {
  readonly kind: string;
  /** One sentence for people: what it does, to whom. */
  describe(parameters: Parameters): string;
  begin?(parameters: Parameters, control: FaultControl): void;
  end?(parameters: Parameters, control: FaultControl): void;
  link?(parameters: Parameters, envelope: Envelope, random: Random): LinkVerdict | undefined;
  device?(
    parameters: Parameters,
    call: { readonly address: Address; readonly device: string; readonly request: unknown },
    random: Random,
  ): DeviceVerdict | undefined;
  /** How far the wall clock of an actor is off, in milliseconds. */
  skewMs?(parameters: Parameters, address: Address, activeMs: number): number;
}

/** When a fault begins. */
export type Trigger =
  | { readonly atMs: number }
  /**
   * The `nth` time (1 is the first) the actor takes an event of this type, or, with `phase`, enters that phase: `leader`
   * or the whole path, `running.leader`.
   */
  | { readonly actor: Address; readonly event?: string; readonly phase?: string; readonly nth: number };

/** A fault as data: what, to whom, when and for how long. A plan is a list of these. */
export interface Fault {
  readonly kind: string;
  /** Actors, links or devices it is about; each kind says what it reads. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly trigger: Trigger;
  /** Healed after this long; absent: when the plan is healed as a whole. */
  readonly forMs?: number;
}

/** What a host asks of the fault layer. With no plan a host has no layer, and pays nothing. */
export interface FaultLayer {
  link(envelope: Envelope): LinkVerdict | undefined;
  device(address: Address, device: string, request: unknown): DeviceVerdict | undefined;
  skewMs(address: Address): number;
  /** Called after each step: triggers count here. */
  observe(address: Address, eventType: string, phaseEntered: string | undefined): void;
}
