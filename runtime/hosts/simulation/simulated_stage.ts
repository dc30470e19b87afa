import type { Address, FailedEvent } from "../../core/actor.ts";
import type { Effect } from "../../core/effect.ts";
import type { Cast, HostFailure } from "../host.ts";
import type { Due } from "./event_heap.ts";
import type { Delivery, SimulatedActor } from "./simulated_actor.ts";

/** Virtual time is kept in whole microseconds. */
export const microsPerMs = 1000;

/** What an item in the heap is: mail, a reply, a timer that runs out, asks that may be too old, or a call back. */
export type Run = "mail" | "reply" | "timer" | "asks" | "call";

/** Something in the heap. */
export interface Item extends Due {
  readonly run: Run;
  readonly target: SimulatedActor | undefined;
  readonly incarnation: number;
  readonly from: Address;
  readonly payload: unknown;
}

/** What the parts of a simulation know of each other. */
export interface Stage {
  readonly cast: Cast;
  readonly seed: number;
  readonly actors: Map<Address, SimulatedActor>;
  readonly failures: HostFailure[];
  /** In microseconds. */
  now(): number;
  uptimeMs(): number;
  wallMs(address: Address): number;
  schedule(at: number, run: Run, target: SimulatedActor | undefined, from: Address, payload: unknown): void;
  callLater(delayMs: number, body: () => void): void;
  carryOut(actor: SimulatedActor, effects: readonly Effect[]): void;
  failAsk(asker: Address, event: FailedEvent): void;
  deliver(actor: SimulatedActor, delivery: Delivery): void;
  notify(from: Address, to: Address, event: { readonly type: string }): void;
}
