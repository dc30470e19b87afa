import { all } from "../suites/all.ts";
import { assertLoaded, performRun, type RunOptions, type RunResult } from "./run.ts";
import { type AnyRun, isSuiteRun } from "./run_definition.ts";
import type { Suite, SuiteOptions } from "./suite.ts";

/** Performs a run, of whichever suite it is. */
export function perform(run: AnyRun, options: SuiteOptions & Pick<RunOptions, "invariants"> = {}): RunResult {
  if (isSuiteRun(run)) {
    assertLoaded(run);
    return suiteWithStage(run.suite).perform(run, options);
  }
  const { inspect, ...others } = options;
  return performRun(run, { ...others, ...(inspect ? { inspect: ({ simulation }) => inspect(simulation) } : {}) });
}

/** The suites that have stages of their own. */
export const stagedSuites: readonly Suite[] = all as readonly unknown[] as readonly Suite[];

/**
 * The suite of this name.
 *
 * @throws Error when there is none that has a stage of its own
 */
export function suiteWithStage(name: string): Suite {
  const found = stagedSuites.find((each) => each.name === name);
  if (found) return found;
  const names = stagedSuites.map((each) => each.name).join(", ");
  throw new Error(`Cannot perform a run of the suite "${name}": there is none with such a stage, there are ${names}`);
}
