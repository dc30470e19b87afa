import { podQosClass, podRequests, podResources } from "../../api/pod.ts";
import { podLevelResources } from "../../api/pod_level_resources.ts";
import { formatQuantity, millisOf, unitsOf } from "../../api/quantity.ts";
import type { Frozen, Pod, PodSpec, ResourceRequirements } from "../../api/types.ts";
import type { ResourceLimits } from "../../cri/messages.ts";

/** What the runtime is told of what a container is to have at most, no more than its pod, and of what that has in all. */
export function limitsOf(
  { limits = {}, requests = {} }: Frozen<ResourceRequirements>,
  { spec }: Frozen<Pod>,
): ResourceLimits {
  const whole = podLevelResources(spec)?.limits ?? {};
  const { memory = whole.memory, cpu = whole.cpu } = limits;
  const pod = groupOf(spec);
  return {
    ...(memory === undefined ? {} : { memoryLimitBytes: unitsOf(memory) }),
    ...(cpu === undefined ? {} : { cpuLimitMillis: millisOf(cpu) }),
    ...(requests.cpu === undefined ? {} : { cpuRequestMillis: millisOf(requests.cpu) }),
    ...(pod === undefined ? {} : { pod }),
  };
}

/**
 * What a pod gets in all; undefined: what is left. It has no limit unless each of its containers has, or it says so as a
 * whole.
 */
function groupOf(spec: Frozen<PodSpec>): ResourceLimits["pod"] {
  const qosClass = podQosClass(spec);
  if (qosClass === "BestEffort") return undefined;
  const limits = podResources(spec, "limits");
  const whole = podLevelResources(spec)?.limits ?? {};
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  const limitOf = (name: "cpu" | "memory") => {
    const amount = limits.get(name);
    const isLimited =
      whole[name] !== undefined || all.every(({ resources }) => resources?.limits?.[name] !== undefined);
    return amount && isLimited ? formatQuantity(amount) : undefined;
  };
  const [cpu, memory, cpuRequestMillis] = [limitOf("cpu"), limitOf("memory"), podRequests(spec).get("cpu")];
  return {
    qosClass,
    ...(memory === undefined ? {} : { memoryLimitBytes: unitsOf(memory) }),
    ...(cpu === undefined ? {} : { cpuLimitMillis: millisOf(cpu) }),
    ...(cpuRequestMillis === undefined ? {} : { cpuRequestMillis }),
  };
}
