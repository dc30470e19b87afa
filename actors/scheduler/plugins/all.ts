// Written by `npm run fix`: to add to this list, add a file to this folder.
import { defaultBinder } from "./default_binder.ts";
import { defaultPreemption } from "./default_preemption.ts";
import { dynamicResources } from "./dynamic_resources.ts";
import { imageLocality } from "./image_locality.ts";
import { interPodAffinity } from "./inter_pod_affinity.ts";
import { nodeAffinity } from "./node_affinity.ts";
import { nodeName } from "./node_name.ts";
import { nodePorts } from "./node_ports.ts";
import { nodeResourcesBalancedAllocation } from "./node_resources_balanced_allocation.ts";
import { nodeResourcesFit } from "./node_resources_fit.ts";
import { nodeUnschedulable } from "./node_unschedulable.ts";
import { nodeVolumeLimits } from "./node_volume_limits.ts";
import { podTopologySpread } from "./pod_topology_spread.ts";
import { prioritySort } from "./priority_sort.ts";
import { schedulingGates } from "./scheduling_gates.ts";
import { taintToleration } from "./taint_toleration.ts";
import { volumeBinding } from "./volume_binding.ts";
import { volumeRestrictions } from "./volume_restrictions.ts";
import { volumeZone } from "./volume_zone.ts";

/** All that this folder has, by file name. */
export const all = [
  defaultBinder,
  defaultPreemption,
  dynamicResources,
  imageLocality,
  interPodAffinity,
  nodeAffinity,
  nodeName,
  nodePorts,
  nodeResourcesBalancedAllocation,
  nodeResourcesFit,
  nodeUnschedulable,
  nodeVolumeLimits,
  podTopologySpread,
  prioritySort,
  schedulingGates,
  taintToleration,
  volumeBinding,
  volumeRestrictions,
  volumeZone,
] as const;
