import type { ActorDefinition, Address } from "../../core/actor.ts";
import type { Permissions } from "../../core/permissions.ts";
import type { ChildSpec } from "../../supervision/supervisor.ts";
import { createDeferred, type Deferred } from "./deferred.ts";
import type { Shard } from "./shards.ts";
import type { PeerId } from "./wire.ts";

/** An actor as the main thread knows it: what outlives its lives, and where its present life is. */
export interface Resident {
  readonly address: Address;
  readonly parent: Address;
  readonly spec: ChildSpec;
  readonly definition: ActorDefinition;
  readonly permissions: Permissions;
  readonly history: { readonly restartsAtMs: number[] };
  /** In the order of their start. */
  readonly children: Set<Address>;
  /** Whom to tell when it is gone. */
  readonly monitors: Set<Address>;
  /** The threads that know where it lives. */
  readonly knownBy: Set<PeerId>;
  /** The threads that asked where it lives while it was starting. */
  readonly awaitedBy: Set<PeerId>;
  /** Resolves when the first life has begun, or has failed to. */
  readonly settled: Deferred<void>;
  /** Resolves when it is gone for good. */
  readonly over: Deferred<void>;
  state: "starting" | "running" | "paused" | "restarting" | "ended";
  incarnation: number;
  shard: Shard | undefined;
  isHeldDown: boolean;
  isStopping: boolean;
  timer: NodeJS.Timeout | undefined;
  /** Resolves when the worker of its last life is gone. */
  leaving: Promise<void> | undefined;
  /** Why it was never started. */
  refusal: Error | undefined;
  /** Why its last life ended. */
  lastEnd: string | undefined;
}

/** Makes an actor that has not started yet. */
export function createResident(
  address: Address,
  options: Pick<Resident, "parent" | "spec" | "definition" | "permissions" | "incarnation">,
): Resident {
  return {
    ...options,
    address,
    history: { restartsAtMs: [] },
    children: new Set(),
    monitors: new Set(),
    knownBy: new Set(),
    awaitedBy: new Set(),
    settled: createDeferred(),
    over: createDeferred(),
    state: "starting",
    shard: undefined,
    isHeldDown: false,
    isStopping: false,
    timer: undefined,
    leaving: undefined,
    refusal: undefined,
    lastEnd: undefined,
  };
}
