import { briefer, fewer } from "../../engine/fewer.ts";
import type { StoreRun } from "./run.ts";

/** Smaller runs: fewer faults, watchers, commands and replicas, and briefer faults. */
export function* smallerStoreRuns(run: StoreRun): Generator<StoreRun> {
  const { faults, workload, watchers, stores } = run;
  for (const less of fewer(faults)) yield { ...run, faults: less };
  for (const less of fewer(workload)) yield { ...run, workload: less };
  for (const less of fewer(watchers)) yield { ...run, watchers: less };
  if (stores > 3)
    yield { ...run, stores: 3, faults: faults.filter((each) => !/store\/[34]/.test(JSON.stringify(each))) };
  for (const less of briefer(faults)) yield { ...run, faults: less };
}
