import type { MessagePort } from "node:worker_threads";
import type { ActorEvent, Address } from "../../core/actor.ts";
import type { ActorJournal } from "../../core/actor_journal.ts";
import type { Permissions } from "../../core/permissions.ts";
import type { FaultAction } from "../../faults/fault.ts";
import type { TreeEvent } from "../../supervision/orders.ts";
import type { Exit } from "../../supervision/restarts.ts";
import type { DeadLetters } from "../host.ts";
import type { PeerId } from "./wire.ts";

/** A life that a shard is to start. */
export interface LifeOrder {
  readonly address: Address;
  readonly parent: Address;
  readonly kind: string;
  readonly input: unknown;
  readonly incarnation: number;
  readonly permissions: Permissions;
}

/** What a shard tells of an actor. */
export interface ShardReport {
  readonly phase: string;
  readonly waiting: number;
}

/** What a shard's memory and work look like. */
export interface ShardStats {
  readonly actors: number;
  /** The one that lives there, where it is only one. */
  readonly resident?: Address;
  readonly steps: number;
  readonly heapUsedBytes: number;
  readonly heapTotalBytes: number;
}

/** How a shard's memory is looked at. */
export interface StatsOptions {
  /** Collects all garbage first, so that only what lives counts; takes long. Default false. */
  readonly collects?: boolean;
}

/**
 * What the main thread tells a shard, over Comlink. Orders arrive in the order they were given; none is answered but
 * where a result is named.
 */
export interface ShardControl {
  start(order: LifeOrder): void;
  /** Asks it to end in good order; one whose active states do not handle `stop` ends at once. */
  stop(address: Address, incarnation: number): void;
  /** Ends a life as a kill does (`crashed`) or as an end in good order does. */
  kill(address: Address, incarnation: number, exit: Exit): void;
  pause(address: Address): void;
  resume(address: Address): void;
  located(address: Address, peer: PeerId): void;
  accept(peer: PeerId, port: MessagePort): void;
  drop(peer: PeerId): void;
  /** A life is over: asks to it fail, and where its address leads is to be asked again. */
  gone(address: Address): void;
  notify(address: Address, event: ActorEvent): void;
  beginFault(id: number, fault: FaultAction): boolean;
  endFault(id: number): boolean;
  inspect(address: Address): ShardReport | undefined;
  journalOf(address: Address): ActorJournal | undefined;
  deadLetters(): DeadLetters;
  /** Before a worker that did its work is ended: resolves when nothing it sent waits any more. */
  farewell(): Promise<DeadLetters>;
  stats(options?: StatsOptions): ShardStats;
}

/** What a shard tells the main thread, over Comlink: in order, unanswered. */
export interface Director {
  /** What has happened to a life, and what an actor wants of the supervisors. */
  supervise(event: TreeEvent): void;
  locate(address: Address): void;
  log(address: Address, text: string): void;
}

/** What a worker is born with. */
export interface ShardBirth {
  readonly bundle: string;
  /** The URL that the code in it is to take for its own: packages are found from there. */
  readonly home: string;
  /** When it is to keep what V8 has compiled of the bundle by then, for workers that start later. Default: never. */
  readonly keepsCodeAfterMs?: number;
  readonly peer: PeerId;
  readonly seed: number;
  readonly originNs: number;
  readonly settings: unknown;
  readonly journalMax: number;
  readonly isLogged: boolean;
  readonly faults: readonly (readonly [id: number, fault: FaultAction])[];
  readonly control: MessagePort;
  readonly director: MessagePort;
}
