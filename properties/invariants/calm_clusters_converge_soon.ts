import { unconverged } from "../engine/convergence.ts";
import type { Invariant } from "../engine/invariant.ts";
import { driverAddress } from "../engine/run_specs.ts";
import type { DriverData } from "../workload/driver.ts";

/** What failed pods wait for is over by then. */
const soonMs = 20_000;

/** Where nothing was ever wrong the cluster is as it is wanted soon after its users have done: nobody waits for minutes. */
export const calmClustersConvergeSoon: Invariant = {
  name: "calm clusters converge soon",
  watch(world) {
    const { faults, healAtMs, topology, workload } = world.definition;
    if (faults.length > 0 || topology.clouds !== undefined) return {};
    let doneMs: number | undefined;
    return {
      commit({ atMs }) {
        if (doneMs === undefined) {
          const { acknowledged = 0 } = (world.simulation.dataOf(driverAddress) as DriverData | undefined) ?? {};
          if (acknowledged === workload.length) doneMs = Math.max(atMs, healAtMs);
        }
        const late = doneMs !== undefined && atMs > doneMs + soonMs ? unconverged(world) : undefined;
        return late && `${Math.round(atMs - (doneMs ?? 0))} ms after its users had done: ${late}`;
      },
    };
  },
};
