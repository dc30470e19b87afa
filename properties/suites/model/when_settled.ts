import type { Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import type { Violation } from "../../engine/invariant.ts";

/** A stage whose actors come to rest. */
export interface Settling {
  readonly simulation: Simulation;
  violation(): Violation | undefined;
  /** What is not yet as it must be at the end. */
  unsettled(): string | undefined;
}

/** Looks every so often whether all is at rest, and is over at once where a rule is broken. */
export function whenSettled({ simulation, violation, unsettled }: Settling, lookEveryMs: number): () => boolean {
  let lookAtMs = 0;
  return () => {
    if (violation() !== undefined) return true;
    if (simulation.uptimeMs() < lookAtMs) return false;
    lookAtMs = simulation.uptimeMs() + lookEveryMs;
    return unsettled() === undefined;
  };
}
