import type fc from "fast-check";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { Places } from "../../runtime/faults/places.ts";
import type { Simulation } from "../../runtime/hosts/simulation/simulation.ts";
import type { RunDefinitionOptions } from "../arbitraries/run_definition.ts";
import type { RunResult } from "./run.ts";

/** A run of a smaller stage than a whole cluster, as data: what all suites' runs have in common. */
export interface SuiteRun {
  /** Whose it is. */
  readonly suite: string;
  readonly seed: number;
  readonly workload: readonly unknown[];
  readonly faults: readonly Fault[];
  /** When faults end, in virtual milliseconds. */
  readonly healAtMs: number;
  /** The deliberate defect of the code that performs it. Default: none. */
  readonly mutation?: string;
}

/** How a run is carried out; none of it changes what happens. */
export interface SuiteOptions {
  /** Keeps so many deliveries for people to read. Default 0. */
  readonly journalMax?: number;
  /** Whether messages are frozen. Default: in one run of eight, as its seed says. */
  readonly freeze?: boolean;
  /** Called before anybody lives in it. */
  readonly begin?: (simulation: Simulation) => void;
  /** Called when the run is over, before it is forgotten. */
  readonly inspect?: (simulation: Simulation) => void;
}

/** A stage of its own that campaigns run by the hundred, a file each in `suites/`. */
export interface Suite<Run extends SuiteRun = SuiteRun> {
  readonly name: Run["suite"];
  /** One line for people. */
  readonly summary: string;
  /** How many of its runs a mixed campaign performs beside each whole cluster: they cost so little. */
  readonly besides: number;
  /** The rules that its runs keep, as reports call them. */
  readonly rules: readonly string[];
  /** Draws runs. */
  runs(options: RunDefinitionOptions): fc.Arbitrary<Run>;
  perform(run: Run, options?: SuiteOptions): RunResult;
  /** Where faults can strike in a run. */
  places(run: Run): Places;
  /** Before then its stage is set, and nothing is wrong. Default 0. */
  readonly faultsFromMs?: number;
  /** Smaller runs, the boldest first. */
  smaller(run: Run): Iterable<Run>;
  /** The stage, the work and the plan, a line each. */
  introduce(run: Run): readonly string[];
}
