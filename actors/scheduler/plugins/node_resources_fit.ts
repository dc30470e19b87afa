import type { PluginArguments } from "../configuration/arguments.ts";
import { type Plugin, plugin, type Rejection, unresolvable, unschedulable } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodInfo } from "../pod_info.ts";
import { resourceScore } from "../resource_scores.ts";
import type { Resources } from "../resources.ts";

const tooManyPods = "Too many pods";

type Arguments = PluginArguments["NodeResourcesFit"];

/**
 * Takes nodes that have room for what the pod requests, and prefers those with most left (LeastAllocated over CPU and
 * memory), or as its strategy says.
 */
export const nodeResourcesFit = configured({});

function configured({ ignoredResources = [], ignoredResourceGroups = [], scoringStrategy }: Arguments): Plugin {
  const isIgnored = (name: string) =>
    ignoredResources.includes(name) || ignoredResourceGroups.includes(name.split("/")[0] ?? "");
  const ignoresAny = ignoredResources.length + ignoredResourceGroups.length > 0;
  return plugin<Readonly<Resources>>({
    name: "NodeResourcesFit",
    order: 70,
    weight: 1,
    events: [
      { on: "node.add", helps: mayFit },
      { on: "node.allocatable", helps: mayFit },
      { on: "node.taints", helps: mayFit },
      { on: "assigned-pod.delete" },
      { on: "assigned-pod.scale-down" },
      { on: "pod.scale-down" },
    ],
    configured,
    preFilter: ({ requests }) => ({ state: ignoresAny ? without(requests, isIgnored) : requests }),
    filter: (_pod, node, requests) => (fits(node, requests) ? undefined : rejectionOf(node, requests)),
    score: resourceScore(scoringStrategy),
  });
}

/** Only extended resources may be ignored. */
function without(requests: Readonly<Resources>, isIgnored: (name: string) => boolean): Readonly<Resources> {
  return { ...requests, extended: new Map([...requests.extended].filter(([name]) => !isIgnored(name))) };
}

function fits({ pods, podsMax, allocatable, requested }: NodeInfo, requests: Readonly<Resources>): boolean {
  if (pods.size + 1 > podsMax) return false;
  if (requests.milliCpu > 0 && requests.milliCpu > allocatable.milliCpu - requested.milliCpu) return false;
  if (requests.memory > 0 && requests.memory > allocatable.memory - requested.memory) return false;
  const { ephemeralStorage } = requests;
  if (ephemeralStorage > 0 && ephemeralStorage > allocatable.ephemeralStorage - requested.ephemeralStorage)
    return false;
  if (requests.extended.size === 0) return true;
  for (const [name, amount] of requests.extended) {
    if (amount > 0 && amount > (allocatable.extended.get(name) ?? 0) - (requested.extended.get(name) ?? 0))
      return false;
  }
  return true;
}

/** All that is short on the node; what even an empty node would not have, no eviction brings. */
function rejectionOf({ pods, podsMax, allocatable, requested }: NodeInfo, requests: Readonly<Resources>): Rejection {
  const reasons: string[] = [];
  let hopeless = false;
  if (pods.size + 1 > podsMax) reasons.push(tooManyPods);
  const check = (name: string, amount: number, { all, used }: { all: number; used: number }) => {
    if (amount <= 0 || amount <= all - used) return;
    reasons.push(`Insufficient ${name}`);
    hopeless ||= amount > all;
  };
  check("cpu", requests.milliCpu, { all: allocatable.milliCpu, used: requested.milliCpu });
  check("memory", requests.memory, { all: allocatable.memory, used: requested.memory });
  check("ephemeral-storage", requests.ephemeralStorage, {
    all: allocatable.ephemeralStorage,
    used: requested.ephemeralStorage,
  });
  for (const [name, amount] of requests.extended) {
    check(name, amount, { all: allocatable.extended.get(name) ?? 0, used: requested.extended.get(name) ?? 0 });
  }
  return hopeless ? unresolvable(...reasons) : unschedulable(...reasons);
}

/** Whether the pod would fit on the node of an event as it is now. */
function mayFit({ requests }: PodInfo, { node }: { readonly node?: NodeInfo }): boolean {
  return node !== undefined && fits(node, requests);
}
