import type { PluginArguments } from "../configuration/arguments.ts";
import { type Plugin, plugin, skip } from "../framework.ts";
import { isBestEffort } from "../pod_info.ts";
import { balanceScore } from "../resource_scores.ts";

/** Prefers nodes on which CPU and memory, or the resources of its arguments, would be used to equal shares. */
export const nodeResourcesBalancedAllocation = configured({});

function configured({ resources }: PluginArguments["NodeResourcesBalancedAllocation"]): Plugin {
  return plugin({
    name: "NodeResourcesBalancedAllocation",
    order: 110,
    weight: 1,
    configured,
    preScore: (pod) => (isBestEffort(pod) ? skip : { state: undefined }),
    score: balanceScore(resources),
  });
}
