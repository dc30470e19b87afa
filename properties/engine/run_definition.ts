import type { Fault } from "../../runtime/faults/fault.ts";
import type { Topology } from "../../scenarios/cluster/topology.ts";
import type { TrafficPlan } from "../traffic/traffic_plan.ts";
import type { Command } from "../workload/command.ts";
import type { SuiteRun } from "./suite.ts";

/** A run as data: equal definitions give equal runs, to the last bit, on every machine. */
export interface RunDefinition {
  readonly seed: number;
  readonly topology: Topology;
  /** What a user of the cluster does, in order of time. */
  readonly workload: readonly Command[];
  readonly faults: readonly Fault[];
  /** When faults end and the cluster must begin to converge, in virtual milliseconds. */
  readonly healAtMs: number;
  /** What time it is when the run begins. Default: as in all simulations. */
  readonly startMs?: number;
  /** What clients probe beside the work, for reads and writes that no single order explains. Default: nothing. */
  readonly probes?: "store" | "api";
  /** Whether clients read in all ways that there are, and what they saw is held against the history. Default false. */
  readonly readers?: boolean;
  /** The deliberate defect of the code that performs it, by its file in `mutations/`. Default: none. */
  readonly mutation?: string;
  /** What clients ask of servers that run in the cluster. Default: nothing, and images are played. */
  readonly traffic?: TrafficPlan;
}

/** A run of a whole cluster, or of a suite with a stage of its own. */
export type AnyRun = RunDefinition | SuiteRun;

/** Whether a run has a stage of its own. */
export function isSuiteRun(run: AnyRun): run is SuiteRun {
  return "suite" in run;
}
