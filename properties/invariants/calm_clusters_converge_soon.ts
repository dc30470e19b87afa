import type { HorizontalPodAutoscaler } from "../../actors/api/kinds/horizontal_pod_autoscaler.ts";
import type { Deployment } from "../../actors/api/types.ts";
import { unconverged } from "../engine/convergence.ts";
import type { Invariant } from "../engine/invariant.ts";
import { driverAddress } from "../engine/run_specs.ts";
import type { World } from "../engine/world.ts";
import type { DriverData } from "../workload/driver.ts";

/** What failed pods wait for is over by then. */
const soonMs = 20_000;

/** How long a rollout may take beyond that: one pod after the other, each as long as the slowest image and its readiness. */
function rolloutMs(world: World): number {
  const images = Object.values(world.definition.topology.images?.images ?? {});
  const lives = images.map(
    ({ pullMs = 0, startMs = 0, readyMs = 0, stopMs = 0 }) => pullMs + startMs + readyMs + stopMs,
  );
  const podMs = Math.max(0, ...lives);
  const rollouts = world.list<Deployment>("/registry/deployments/").map(({ spec }) => {
    const { maxSurge = 0, maxUnavailable = 0 } = spec.strategy?.rollingUpdate ?? {};
    // A share of so few is hardly ever more than one.
    const atOnce = [maxSurge, maxUnavailable].reduce<number>((sum, each) => sum + (Number(each) || 0), 0);
    return Math.ceil((spec.replicas ?? 1) / Math.max(1, atOnce)) * (podMs + (spec.minReadySeconds ?? 0) * 1_000);
  });
  return Math.max(0, ...rollouts);
}

const lookMs = 15_000;

/** Who is scaled by what is measured is doubled at most from one look to the next, of which the last tells what came of it. */
function scalingMs(world: World): number {
  const looks = world
    .list<HorizontalPodAutoscaler>("/registry/horizontalpodautoscalers/")
    .map(({ spec }) => Math.ceil(Math.log2(spec.maxReplicas)) + 1);
  return Math.max(0, ...looks) * lookMs;
}

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
        if (doneMs === undefined || atMs <= doneMs + soonMs) return undefined;
        if (atMs <= doneMs + soonMs + rolloutMs(world) + scalingMs(world)) return undefined;
        const late = unconverged(world);
        return late && `${Math.round(atMs - doneMs)} ms after its users had done: ${late}`;
      },
    };
  },
};
