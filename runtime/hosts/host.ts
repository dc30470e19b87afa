import type { ActorDefinition, Address, FailedEvent, Message } from "../core/actor.ts";
import type { DeviceDefinition } from "../devices/device.ts";
import type { FaultAction } from "../faults/fault.ts";
import type { ChildSpec } from "../supervision/child_spec.ts";

/** Everything that can be on stage: the definitions that child specs and device requests name. */
export interface Cast {
  readonly actors: readonly ActorDefinition[];
  readonly devices: readonly DeviceDefinition[];
}

/** What a host tells of one actor. */
export interface ActorReport {
  readonly address: Address;
  readonly kind: string;
  readonly state: "starting" | "running" | "paused" | "restarting" | "ended";
  readonly phase: string;
  readonly incarnation: number;
  /** Messages that wait. */
  readonly waiting: number;
  /** Why its last life ended; absent while it lives its first one. */
  readonly lastEnd?: string;
}

/** Mail that reached nobody. */
export interface DeadLetters {
  readonly count: number;
  /** The last few, oldest first. */
  readonly last: readonly { readonly from: Address; readonly to: Address; readonly type: string }[];
}

/** A root actor that its host has given up, or an actor whose crash ended a supervision tree. */
export interface HostFailure {
  readonly address: Address;
  readonly reason: string;
}

/** One life that ended in a crash. */
export interface CrashReport {
  readonly address: Address;
  /** With the stack, where there is one. */
  readonly reason: string;
  /** Whether its supervisor starts it again. */
  readonly restarting: boolean;
}

/** Where actors live. Three hosts carry out the same effects: `thread`, `pool` and `simulation`. */
export interface Host extends AsyncDisposable {
  readonly name: "thread" | "pool" | "simulation";
  /**
   * Starts a root actor and supervises it.
   *
   * @throws Error when its kind is not in the cast, its module reaches what it may not, or its address is taken
   */
  spawn(spec: ChildSpec): Promise<Address>;
  /** Ends an actor, its children first; in good order where its chart handles `stop`. */
  stop(address: Address): Promise<void>;
  send(to: Address, body: Message): void;
  /** @throws AskError when no answer comes */
  ask(to: Address, body: Message, timeoutMs: number): Promise<unknown>;
  inspect(address: Address): Promise<ActorReport | undefined>;
  /** All actors there are, sorted. */
  addresses(): readonly Address[];
  /** Ends one life of an actor as a crash does; its supervisor decides what follows. */
  crash(address: Address, reason: string): Promise<void>;
  /** Begins a fault now; the result ends it. */
  inject(fault: FaultAction): Promise<() => Promise<void>>;
  deadLetters(): Promise<DeadLetters>;
  failures(): readonly HostFailure[];
  /** Stops all actors, in reverse order of their start. */
  close(): Promise<void>;
}

/** An ask from outside that got no answer. */
export class AskError extends Error {
  readonly reason: FailedEvent["reason"];
  constructor(to: Address, type: string, reason: FailedEvent["reason"]) {
    super(`Cannot ask "${to}" for "${type}": ${reason}`);
    this.name = "AskError";
    this.reason = reason;
  }
}

/** The sender of what is sent from outside, through the host. */
export const outside: Address = "outside";
