import { briefer, fewer } from "../../engine/fewer.ts";
import type { SchedulerRun } from "./run.ts";

/** Smaller runs: fewer faults, deeds, lapses and schedulers, and briefer faults. */
export function* smallerSchedulerRuns(run: SchedulerRun): Generator<SchedulerRun> {
  const { faults, workload, lapses, schedulers } = run;
  for (const less of fewer(faults)) yield { ...run, faults: less };
  for (const less of fewer(workload)) yield { ...run, workload: less };
  for (const less of fewer(lapses)) yield { ...run, lapses: less };
  if (schedulers > 1) yield { ...run, schedulers: 1 };
  for (const less of briefer(faults)) yield { ...run, faults: less };
}
