import type { ActorDefinition, Address, Message } from "../../core/actor.ts";
import type { Journal } from "../../core/journal.ts";
import type { FaultEngine } from "../../faults/engine.ts";
import type { Tree } from "../../supervision/tree.ts";
import type { DeadLetterBox } from "../dead_letters.ts";
import type { Cast, HostFailure } from "../host.ts";
import type { SimulatedActor } from "./simulated_actor.ts";
import type { SimulatedDevices } from "./simulated_devices.ts";
import type { SimulatedLives } from "./simulated_lives.ts";
import type { SimulatedMail } from "./simulated_mail.ts";
import type { SimulatedOutside } from "./simulated_outside.ts";
import type { SimulatedSteps } from "./simulated_steps.ts";
import type { SimulatedTimers } from "./simulated_timers.ts";
import type { VirtualTime } from "./virtual_time.ts";

/** Told of a step: who took it, of which event, and the phase that it is in now. */
export type StepObserver = (address: Address, event: Message, phase: string) => void;

/** What there is before any part of a simulation acts. */
export interface Ground {
  readonly cast: Cast;
  readonly seed: number;
  /** How long a message takes at least, and by how much the seed may lengthen that, in microseconds. */
  readonly latency: { readonly least: number; readonly range: number };
  readonly isFrozen: boolean;
  readonly fractions: number | undefined;
  readonly time: VirtualTime;
  readonly tree: Tree;
  /** By kind. */
  readonly definitions: ReadonlyMap<string, ActorDefinition>;
  readonly actors: Map<Address, SimulatedActor>;
  readonly journal: Journal;
  readonly letters: DeadLetterBox;
  readonly failures: HostFailure[];
  readonly observers: StepObserver[];
  /** The wall clock as an actor sees it. */
  wallMs(address: Address): number;
}

/** The parts of a simulation as they know each other. */
export interface Stage extends Ground {
  readonly engine: FaultEngine;
  readonly outside: SimulatedOutside;
  readonly mail: SimulatedMail;
  readonly timers: SimulatedTimers;
  readonly devices: SimulatedDevices;
  readonly steps: SimulatedSteps;
  readonly lives: SimulatedLives;
}
