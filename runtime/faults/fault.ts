import type { Address } from "../core/actor.ts";
import type { DeviceVerdict, Envelope, FaultKind, LinkVerdict } from "./kind.ts";
import type { all } from "./kinds/all.ts";
import type { Shape, ValuesOf } from "./parameters.ts";

type Kinds = (typeof all)[number];
type GivenTo<Kind> = Kind extends FaultKind<string, infer S extends Shape> ? ValuesOf<S> : never;

/** What each kind of fault is told, by its name: made from the kinds there are. */
export type FaultParameters = { readonly [Kind in Kinds as Kind["kind"]]: GivenTo<Kind> };

/** The names of the kinds there are. */
export type FaultName = keyof FaultParameters;

/** What happens, to whom, and for how long. */
export type FaultAction<Name extends FaultName = FaultName> = {
  [Each in Name]: {
    readonly kind: Each;
    readonly parameters: FaultParameters[Each];
    /** Healed after this long; absent: when the plan is healed as a whole. */
    readonly forMs?: number;
  };
}[Name];

/** When a fault begins. */
export type Trigger =
  | { readonly atMs: number }
  /**
   * The `nth` time (1 is the first) the actor takes an event of this type, or, with `phase`, enters that phase: `leader`
   * or the whole path, `running.leader`.
   */
  | { readonly actor: Address; readonly event?: string; readonly phase?: string; readonly nth: number };

/** A fault as data: what, to whom, when and for how long. A plan is a list of these. */
export type Fault<Name extends FaultName = FaultName> = FaultAction<Name> & { readonly trigger: Trigger };

/** What a host asks of the fault layer. With no plan a host has no layer, and pays nothing. */
export interface FaultLayer {
  link(envelope: Envelope): LinkVerdict | undefined;
  device(address: Address, device: string, request: unknown): DeviceVerdict | undefined;
  skewMs(address: Address): number;
  /** Called after each step: triggers count here. */
  observe(address: Address, eventType: string, phaseEntered: string | undefined): void;
}
