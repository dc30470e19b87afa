import type { Address } from "../../core/actor.ts";
import type { Member } from "../../supervision/tree.ts";
import { createDeferred, type Deferred } from "./deferred.ts";
import type { Shard } from "./shards.ts";
import type { PeerId } from "./wire.ts";

/** An actor as the main thread holds it: where its present life is, and who waits for news of it. */
export interface Resident {
  readonly address: Address;
  /** What its supervisor knows of it. */
  readonly member: Member;
  /** The threads that know where it lives. */
  readonly knownBy: Set<PeerId>;
  /** The threads that asked where it lives while it was starting. */
  readonly awaitedBy: Set<PeerId>;
  /** Resolves when the first life has begun, or has failed to. */
  readonly settled: Deferred<void>;
  /** Resolves when it is gone for good. */
  readonly over: Deferred<void>;
  shard: Shard | undefined;
  /** Of its backoff, or of its time to stop. */
  timer: NodeJS.Timeout | undefined;
  /** Resolves when the worker of its last life is gone. */
  leaving: Promise<void> | undefined;
  /** Why it was never started. */
  refusal: Error | undefined;
}

/** Makes an actor that has not started yet. */
export function createResident(member: Member): Resident {
  return {
    address: member.address,
    member,
    knownBy: new Set(),
    awaitedBy: new Set(),
    settled: createDeferred(),
    over: createDeferred(),
    shard: undefined,
    timer: undefined,
    leaving: undefined,
    refusal: undefined,
  };
}
