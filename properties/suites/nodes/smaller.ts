import { briefer, fewer } from "../../engine/fewer.ts";
import type { NodesRun } from "./run.ts";

/** Smaller runs: fewer faults, spells, pods, lapses and nodes, and briefer faults. */
export function* smallerNodesRuns(run: NodesRun): Generator<NodesRun> {
  const { faults, workload, pods, lapses, zones } = run;
  for (const less of fewer(faults)) yield { ...run, faults: less };
  for (const less of fewer(workload)) yield { ...run, workload: less };
  for (const less of fewer(pods)) yield { ...run, pods: less };
  for (const less of fewer(lapses)) yield { ...run, lapses: less };
  const last = zones.length - 1;
  if (last > 0 && ![...workload, ...pods].some(({ node }) => node === last)) {
    yield { ...run, zones: zones.slice(0, last) };
  }
  for (const less of briefer(faults)) yield { ...run, faults: less };
}
