import type { Address, Message } from "../core/actor.ts";
import type { Random } from "../core/random.ts";
import { fits, misfit, type Shape, type ValuesOf } from "./parameters.ts";
import type { Places } from "./places.ts";

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
  /** The receiver knows what this means: the message arrives with it in its field `mishap`. */
  readonly mishap?: string;
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

/** A device request, as the fault layer sees it. */
export interface DeviceCall {
  readonly address: Address;
  readonly device: string;
  readonly request: unknown;
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
 * One kind of fault, a file each in `faults/kinds/`. Its parameters are plain data; hooks see only what they need, and
 * all are optional: a fault on links has `link`, one on lives `actor`, `begin` and `end`.
 */
export interface FaultDefinition<Name extends string, S extends Shape> {
  readonly kind: Name;
  readonly parameters: S;
  /** How often campaigns draw it, beside others. 0: never by itself, only as a part of a scene. Default 1. */
  readonly weight?: number;
  /** One sentence for people: what it does, to whom. */
  describe(parameters: ValuesOf<S>): string;
  /** Draws parameters for a cluster with these places; nothing where there is no place for it. */
  draw(places: Places, random: Random): ValuesOf<S> | undefined;
  /** The life that it befalls at once, so that it is seen whether there was one. */
  actor?(parameters: ValuesOf<S>): Address;
  begin?(parameters: ValuesOf<S>, control: FaultControl): void;
  /** Heals what `begin` did. Hooks are simply asked no more. */
  end?(parameters: ValuesOf<S>, control: FaultControl): void;
  link?(parameters: ValuesOf<S>, envelope: Envelope, random: Random): LinkVerdict | undefined;
  device?(parameters: ValuesOf<S>, call: DeviceCall, random: Random): DeviceVerdict | undefined;
  /** How far the wall clock of an actor is off, in milliseconds. */
  skewMs?(parameters: ValuesOf<S>, address: Address, activeMs: number): number | undefined;
}

/** A kind of fault with its parameters: what the engine works with. */
export interface BoundFault {
  readonly text: string;
  readonly actor: Address | undefined;
  begin(control: FaultControl): void;
  end(control: FaultControl): void;
  link(envelope: Envelope, random: Random): LinkVerdict | undefined;
  device(call: DeviceCall, random: Random): DeviceVerdict | undefined;
  skewMs(address: Address, activeMs: number): number | undefined;
}

/** A kind of fault, as campaigns, scripts and the engine see it. */
export interface FaultKind<Name extends string = string, S extends Shape = Shape> {
  readonly kind: Name;
  readonly parameters: S;
  readonly weight: number;
  draw(places: Places, random: Random): ValuesOf<S> | undefined;
  /** @throws Error when the parameters are not what the kind wants */
  bind(parameters: unknown): BoundFault;
}

/**
 * Makes a kind of fault.
 *
 * @example
 * export const pause = defineFault({ kind: "pause", parameters: { actor: actor() }, ... })
 */
export function defineFault<const Name extends string, S extends Shape>(
  definition: FaultDefinition<Name, S>,
): FaultKind<Name, S> {
  const { kind, parameters: shape, weight = 1 } = definition;
  return {
    kind,
    parameters: shape,
    weight,
    draw: definition.draw,
    bind(given) {
      if (!fits(shape, given)) throw new Error(`Cannot inject fault "${kind}": ${misfit(shape, given)}`);
      return {
        text: definition.describe(given),
        actor: definition.actor?.(given),
        begin: (control) => definition.begin?.(given, control),
        end: (control) => definition.end?.(given, control),
        link: (envelope, random) => definition.link?.(given, envelope, random),
        device: (call, random) => definition.device?.(given, call, random),
        skewMs: (address, activeMs) => definition.skewMs?.(given, address, activeMs),
      };
    },
  };
}
