import type { ActorDefinition } from "./actor.ts";
import type { ActorJournal } from "./actor_journal.ts";
import { startCell } from "./cell.ts";
import type { Effect } from "./effect.ts";

/** One step of a replay: the first is the start of the life and has no event. */
export interface ReplayedStep {
  readonly event: { readonly type: string } | undefined;
  /** The phase after the step. */
  readonly phase: string;
  readonly effects: readonly Effect[];
  /** The actor's own data after the step: look, do not keep. */
  readonly data: unknown;
  /** Why the life ended here. */
  readonly crash?: string;
}

/**
 * Lives one life of one actor again from what went into it, step by step. A free-running host cannot be replayed; any
 * one of its actors can.
 *
 * @example
 * for (const { event, phase } of replayActor(kubelet, journal)) console.log(event?.type, phase)
 */
export function* replayActor(definition: ActorDefinition, journal: ActorJournal): Generator<ReplayedStep> {
  const { address, parent, input, incarnation, seed, nowMs, uptimeMs, steps } = journal;
  const cell = startCell({ definition, address, parent, input, incarnation, seed, nowMs, uptimeMs });
  const { machine } = cell;
  yield { event: undefined, phase: machine.phase(), effects: cell.firstEffects, data: machine.data() };
  for (const step of steps) {
    const { event } = step;
    let effects: Effect[];
    try {
      effects = cell.deliver(event, step.nowMs, step.uptimeMs);
    } catch (error) {
      const crash = error instanceof Error ? error.message : String(error);
      yield { event, phase: machine.phase(), effects: [], data: machine.data(), crash };
      return;
    }
    yield { event, phase: machine.phase(), effects, data: machine.data() };
  }
}
