import { briefer, fewer } from "../../engine/fewer.ts";
import type { KubeletRun } from "./run.ts";

/** Smaller runs: fewer faults, deeds, lapses, refusals, failures and nodes, and briefer faults. */
export function* smallerKubeletRuns(run: KubeletRun): Generator<KubeletRun> {
  const { faults, workload, lapses, refusals, failures, nodes } = run;
  for (const less of fewer(faults)) yield { ...run, faults: less };
  for (const less of fewer(workload)) yield { ...run, workload: less };
  for (const less of fewer(run.manifests ?? [])) yield { ...run, manifests: less };
  for (const less of fewer(lapses)) yield { ...run, lapses: less };
  for (const less of fewer(refusals)) yield { ...run, refusals: less };
  for (const less of fewer(failures)) yield { ...run, failures: less };
  if (nodes > 1) yield { ...run, nodes: 1 };
  for (const less of briefer(faults)) yield { ...run, faults: less };
}
