import { briefer, fewer } from "../../engine/fewer.ts";
import type { ApiServerRun } from "./run.ts";

/** Smaller runs: fewer faults and commands, one replica, and briefer faults. */
export function* smallerApiServerRuns(run: ApiServerRun): Generator<ApiServerRun> {
  const { faults, workload, stores, hooks, rights } = run;
  for (const less of fewer(faults)) yield { ...run, faults: less };
  for (const less of fewer(workload)) yield { ...run, workload: less };
  if (hooks) for (const spells of fewer(hooks.spells)) yield { ...run, hooks: { ...hooks, spells } };
  if (rights) for (const less of fewer(rights)) yield { ...run, rights: less };
  if (stores > 1)
    yield { ...run, stores: 1, faults: faults.filter((each) => !/store\/[1-9]/.test(JSON.stringify(each))) };
  for (const less of briefer(faults)) yield { ...run, faults: less };
}
