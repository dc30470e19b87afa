import { podQosClass } from "../../api/pod.ts";
import { podLevelResources } from "../../api/pod_level_resources.ts";
import { unitsOf } from "../../api/quantity.ts";
import type { Container, Frozen, Pod } from "../../api/types.ts";

/** Of pods that are ended last, and of those that are first; what is between them stays so far from both. */
const [guaranteed, bestEffort] = [-997, 1000];
const burstableMin = bestEffort + guaranteed;

/**
 * How ready the kernel is to end a container's processes where the node has no memory left: the readier, the less its pod
 * asks for.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#node-out-of-memory-behavior
 */
export function oomScoreAdj(container: Frozen<Container>, { spec }: Frozen<Pod>, memoryBytes: number): number {
  const quality = podQosClass(spec);
  if (quality === "Guaranteed" || spec.priorityClassName === "system-node-critical") return guaranteed;
  if (quality === "BestEffort" || memoryBytes === 0) return bestEffort;
  const spare = spareBytes(spec);
  const scoreOf = (bytes: number) => bestEffort - Math.floor((1000 * (bytes + spare)) / memoryBytes);
  const own = scoreOf(memoryOf(container));
  const isSidecar = (spec.initContainers ?? []).some((each) => each.name === container.name && isRestarted(each));
  // A sidecar outlives those that it is there for.
  const score = isSidecar ? Math.min(own, scoreOf(Math.min(...spec.containers.map(memoryOf)))) : own;
  return Math.min(Math.max(score, burstableMin), bestEffort - 1);
}

function memoryOf({ resources }: Frozen<Container>): number {
  return unitsOf(resources?.requests?.memory);
}

function isRestarted(container: Frozen<Container>): boolean {
  return (container as { readonly restartPolicy?: string }).restartPolicy === "Always";
}

/** What a pod asks for as a whole and none of its containers does: an equal share for each. */
function spareBytes(spec: Frozen<Pod>["spec"]): number {
  const whole = podLevelResources(spec)?.requests?.memory;
  if (whole === undefined) return 0;
  const containers = [...spec.containers, ...(spec.initContainers ?? []).filter(isRestarted)];
  const asked = containers.reduce((sum, each) => sum + memoryOf(each), 0);
  return Math.max(0, Math.floor((unitsOf(whole) - asked) / containers.length));
}
