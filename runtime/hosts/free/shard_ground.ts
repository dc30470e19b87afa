import type { ActorDefinition, Address } from "../../core/actor.ts";
import type { FaultEngine } from "../../faults/engine.ts";
import type { AskDeadlines } from "./ask_deadlines.ts";
import type { Director } from "./control.ts";
import type { FreeDevice } from "./free_cast.ts";
import type { Links } from "./links.ts";
import type { ShardActor, ShardEvent } from "./shard_actor.ts";
import type { ShardClock } from "./shard_clock.ts";
import type { ShardDevices } from "./shard_devices.ts";
import type { ShardLives } from "./shard_lives.ts";
import type { ShardMail } from "./shard_mail.ts";
import type { ShardSteps } from "./shard_steps.ts";
import type { ShardTimers } from "./shard_timers.ts";
import type { ShardTurns } from "./shard_turns.ts";
import type { PeerId } from "./wire.ts";

/** What a shard is made of. */
export interface ShardOptions {
  /** Those that may live here. */
  readonly actors: readonly ActorDefinition[];
  readonly devices: readonly FreeDevice[];
  readonly seed: number;
  readonly peer: PeerId;
  readonly clock: ShardClock;
  readonly director: Director;
  readonly journalMax: number;
  readonly isLogged: boolean;
}

/** The parts of a shard as they know each other. */
export interface ShardGround {
  readonly options: ShardOptions;
  readonly actors: Map<Address, ShardActor>;
  readonly faults: FaultEngine;
  readonly links: Links;
  readonly mail: ShardMail;
  readonly timers: ShardTimers;
  readonly deadlines: AskDeadlines;
  readonly devices: ShardDevices;
  readonly turns: ShardTurns;
  readonly steps: ShardSteps;
  readonly lives: ShardLives;
  /** The wall clock as an actor sees it. */
  wallMs(address: Address): number;
  /** Hands an event of the host's own to an actor: there is always room for it. */
  deliver(actor: ShardActor, event: ShardEvent): void;
}
