import type { RuntimeEvent } from "../../actors/cri/runtime_event.ts";
import type { Address } from "../../runtime/mod.ts";
import type { Commit, World } from "./world.ts";

/** One rule that every run must keep, a file each in `invariants/`. */
export interface Invariant {
  /** What the report calls it: a sentence that is true when all is well. */
  readonly name: string;
  /** Begins to watch one run. */
  watch(world: World): InvariantWatch;
}

/** A rule while it watches a run: each part answers with what is wrong, or with nothing. */
export interface InvariantWatch {
  /** Called after each step of any actor: must be cheap for those that it is not about. */
  step?(address: Address): string | undefined;
  /** Called once for each committed change, in order. */
  commit?(commit: Commit): string | undefined;
  /** Called for whatever happens in the container runtimes of nodes, in order. */
  runtime?(event: RuntimeEvent): string | undefined;
  /** Called when all faults are healed, and the cluster has converged and been watched at rest. */
  end?(): string | undefined;
}

/** A rule that was broken. */
export interface Violation {
  readonly property: string;
  readonly details: string;
  /** In virtual milliseconds. */
  readonly atMs: number;
}
