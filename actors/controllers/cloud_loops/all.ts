// Written by `npm run fix`: to add to this list, add a file to this folder.
import { cloudNode } from "./cloud_node.ts";
import { cloudNodeLifecycle } from "./cloud_node_lifecycle.ts";
import { cloudRouteController } from "./cloud_route_controller.ts";
import { cloudVolumes } from "./cloud_volumes.ts";
import { clusterAutoscaler } from "./cluster_autoscaler.ts";
import { serviceLoadBalancer } from "./service_load_balancer.ts";

/** All that this folder has, by file name. */
export const all = [
  cloudNode,
  cloudNodeLifecycle,
  cloudRouteController,
  cloudVolumes,
  clusterAutoscaler,
  serviceLoadBalancer,
] as const;
