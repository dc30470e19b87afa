import { podLevelResources } from "../../api/pod_level_resources.ts";
import { millisOf, unitsOf } from "../../api/quantity.ts";
import type { Frozen, Pod, ResourceRequirements } from "../../api/types.ts";
import type { ResourceLimits } from "../../cri/messages.ts";

/** What the runtime is told of what a container is to have at most: no more than its pod. */
export function limitsOf(
  { limits = {}, requests = {} }: Frozen<ResourceRequirements>,
  { spec }: Frozen<Pod>,
): ResourceLimits {
  const whole = podLevelResources(spec)?.limits ?? {};
  const { memory = whole.memory, cpu = whole.cpu } = limits;
  return {
    ...(memory === undefined ? {} : { memoryLimitBytes: unitsOf(memory) }),
    ...(cpu === undefined ? {} : { cpuLimitMillis: millisOf(cpu) }),
    ...(requests.cpu === undefined ? {} : { cpuRequestMillis: millisOf(requests.cpu) }),
  };
}
