import { briefer, fewer } from "../../engine/fewer.ts";
import type { PoliciesRun } from "./run.ts";

/** Smaller runs: fewer faults, deeds, lapses and nodes, and briefer faults. */
export function* smallerPoliciesRuns(run: PoliciesRun): Generator<PoliciesRun> {
  const { faults, workload, lapses } = run;
  for (const less of fewer(faults)) yield { ...run, faults: less };
  for (const less of fewer(workload)) yield { ...run, workload: less };
  for (const less of fewer(lapses)) yield { ...run, lapses: less };
  for (const less of briefer(faults)) yield { ...run, faults: less };
}
