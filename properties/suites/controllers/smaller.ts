import { briefer, fewer } from "../../engine/fewer.ts";
import { unmetNeeds } from "../../workload/needs.ts";
import type { ControllersRun } from "./run.ts";

/** Smaller runs, that have all that their work needs: fewer faults, commands, lapses and nodes, and briefer faults. */
export function* smallerControllerRuns(run: ControllersRun): Generator<ControllersRun> {
  const { faults, workload, lapses, topology } = run;
  const lacks = new Set(unmetNeeds(run));
  for (const less of fewer(faults)) yield { ...run, faults: less };
  for (const less of fewer(workload)) {
    if (unmetNeeds({ workload: less, topology }).every((each) => lacks.has(each))) yield { ...run, workload: less };
  }
  for (const less of fewer(lapses)) yield { ...run, lapses: less };
  if (topology.nodes > 1) yield { ...run, topology: { ...topology, nodes: 1 } };
  for (const less of briefer(faults)) yield { ...run, faults: less };
}
