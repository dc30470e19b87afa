import { plugin, scoreMax, skip } from "../framework.ts";
import { isBestEffort } from "../pod_info.ts";

/** Prefers nodes on which CPU and memory would be used to equal shares. */
export const nodeResourcesBalancedAllocation = plugin({
  name: "NodeResourcesBalancedAllocation",
  order: 110,
  weight: 1,
  preScore: (pod) => (isBestEffort(pod) ? skip : { state: undefined }),
  score({ requests }, { allocatable, requested }) {
    const cpu = share(allocatable.milliCpu, requested.milliCpu + requests.milliCpu);
    const memory = share(allocatable.memory, requested.memory + requests.memory);
    if (cpu === undefined || memory === undefined) return scoreMax;
    return Math.trunc((1 - Math.abs(cpu - memory) / 2) * scoreMax);
  },
});

function share(allocatable: number, requested: number): number | undefined {
  return allocatable === 0 ? undefined : Math.min(1, requested / allocatable);
}
