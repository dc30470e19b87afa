import fc from "fast-check";
import type { TopologyDefects } from "../../scenarios/topology.ts";
import type { RunDefinition } from "../run_definition.ts";
import { faultPlan } from "./fault_plan.ts";
import { topology } from "./topology.ts";
import { workload, workloadMsMax } from "./workload.ts";

/** What all runs of a campaign have in common. */
export interface RunDefinitionOptions {
  /** Deliberate defects, to see whether they are found. Default: none. */
  readonly defects?: TopologyDefects;
  /** Default: faults of every kind. */
  readonly withoutFaults?: boolean;
}

/** Faults go on a little longer than the work. */
const faultyMs = 4_000;

/** Random clusters with random work under random faults. */
export function runDefinition({
  defects,
  withoutFaults = false,
}: RunDefinitionOptions = {}): fc.Arbitrary<RunDefinition> {
  return topology().chain((shape) =>
    fc
      .record({
        seed: fc.nat(0xffff_ffff),
        topology: fc.constant(defects ? { ...shape, defects } : shape),
        workload: workload(),
        probes: fc.constantFrom("store" as const, "api" as const),
        faults: withoutFaults ? fc.constant([]) : faultPlan(shape),
      })
      .map((run) => ({ ...run, healAtMs: workloadMsMax + faultyMs })),
  );
}
