import { millisOf, unitsOf } from "../../api/quantity.ts";
import type { Frozen, ResourceRequirements } from "../../api/types.ts";
import type { ResourceLimits } from "../../cri/messages.ts";

/** What the runtime is told of what a container is to have at most. */
export function limitsOf({ limits = {} }: Frozen<ResourceRequirements>): ResourceLimits {
  const { memory, cpu } = limits;
  return {
    ...(memory === undefined ? {} : { memoryLimitBytes: unitsOf(memory) }),
    ...(cpu === undefined ? {} : { cpuLimitMillis: millisOf(cpu) }),
  };
}
