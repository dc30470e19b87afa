import type { Node, Service } from "../../actors/api/types.ts";
import { rentedIn } from "./clouds_of_run.ts";
import type { World } from "./world.ts";

/** What keeps rented things from being as the cluster wants them: computers without a node, Services without an address. */
export function unconvergedCloud(world: World): string | undefined {
  if (!world.definition.topology.clouds) return undefined;
  const { running } = rentedIn(world);
  // By name: a group makes a lost instance anew under the name that it had, and its kubelet may come back before anybody
  // has deleted the node of the old one, whose id that keeps.
  const nodes = new Map(world.list<Node>("/registry/minions/").map(({ metadata, spec }) => [metadata.name, spec]));
  const named = new Set([...running.values()].map(({ node }) => node));
  for (const [id, { node }] of running) if (!nodes.has(node)) return `the instance ${id} of ${node} is no node`;
  for (const [name, { providerID }] of nodes) {
    if (providerID !== undefined && !named.has(name)) return `the node ${providerID} has no instance`;
  }
  for (const { metadata, spec, status } of world.list<Service>("/registry/services/specs/")) {
    if (metadata.deletionTimestamp !== undefined) return `Service ${metadata.name} is still going`;
    const isTold = (status?.loadBalancer?.ingress ?? []).length > 0;
    if (spec.type === "LoadBalancer" && !isTold) return `Service ${metadata.name} has no load balancer`;
  }
  return undefined;
}
