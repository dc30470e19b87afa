import { briefer, fewer } from "../../engine/fewer.ts";
import type { ServicesRun } from "./run.ts";

/** Smaller runs: fewer faults, deeds, lapses and nodes, and briefer faults. */
export function* smallerServicesRuns(run: ServicesRun): Generator<ServicesRun> {
  const { faults, workload, lapses, nodes } = run;
  for (const less of fewer(faults)) yield { ...run, faults: less };
  for (const less of fewer(workload)) yield { ...run, workload: less };
  for (const less of fewer(lapses)) yield { ...run, lapses: less };
  if (nodes > 1) yield { ...run, nodes: 1 };
  for (const less of briefer(faults)) yield { ...run, faults: less };
}
