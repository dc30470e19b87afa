import type { Address } from "./actor.ts";
import type { Effect } from "./effect.ts";

/** One step, as an actor's own journal keeps it: enough to take it again. */
export interface JournalStep {
  readonly event: { readonly type: string };
  readonly nowMs: number;
  readonly uptimeMs: number;
  /** What the step wanted; a replay must want the same. */
  readonly effects: readonly Effect[];
  /** Why the step, and with it the life, ended in a crash. */
  readonly crash?: string;
}

/** The inputs of one life of one actor, from its start on. */
export interface ActorJournal {
  readonly kind: string;
  readonly address: Address;
  readonly parent: Address;
  /** Without its `secrets`, where it has any: a life with some cannot be taken again from its journal alone. */
  readonly input: unknown;
  readonly incarnation: number;
  readonly seed: number;
  readonly nowMs: number;
  readonly uptimeMs: number;
  readonly firstEffects: readonly Effect[];
  readonly steps: readonly JournalStep[];
  /** Steps that came after the journal was full. */
  readonly dropped: number;
}
