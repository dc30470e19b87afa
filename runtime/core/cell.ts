import type { ActorDefinition, Address } from "./actor.ts";
import type { Effect } from "./effect.ts";
import { type RunningMachine, startMachine } from "./machine.ts";
import { hash32, mix32 } from "./random.ts";
import { createStep } from "./step.ts";

/** One life of an actor, whichever host it lives in: give it events, carry out its effects. */
export interface Cell {
  readonly address: Address;
  readonly incarnation: number;
  readonly definition: ActorDefinition;
  readonly machine: RunningMachine;
  /** The effects of starting. */
  readonly firstEffects: readonly Effect[];
  /**
   * Takes one step.
   *
   * @throws whatever the actor's logic throws: then this life is over
   */
  deliver(event: { readonly type: string }, nowMs: number, uptimeMs: number): Effect[];
  /** What the journal hashes of the data beside the phase. */
  digest(): string | number;
}

/** What a host knows when it starts a life. */
export interface CellOptions {
  readonly definition: ActorDefinition;
  readonly address: Address;
  readonly parent: Address;
  readonly input: unknown;
  readonly incarnation: number;
  readonly seed: number;
  readonly nowMs: number;
  readonly uptimeMs: number;
  /** How many different numbers `step.float` gives. Default 2^32. */
  readonly fractions?: number | undefined;
}

/** Starts a life of an actor. */
export function startCell(options: CellOptions): Cell {
  const { definition, address, parent, input, incarnation, nowMs, uptimeMs, fractions } = options;
  const randomKey = mix32(options.seed >>> 0, hash32(address));
  const control = createStep({ self: address, parent, incarnation, randomKey, fractions });
  control.next(nowMs, uptimeMs);
  const machine = startMachine(definition.machine, input, control);
  const digestOf = definition.digest as ((data: unknown) => string | number) | undefined;
  return {
    address,
    incarnation,
    definition,
    machine,
    firstEffects: control.takeEffects(),
    deliver(event, now, uptime) {
      control.next(now, uptime);
      machine.deliver(event);
      return control.takeEffects();
    },
    digest: () => digestOf?.(machine.data()) ?? 0,
  };
}
