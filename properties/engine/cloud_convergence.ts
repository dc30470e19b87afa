import type { Node, Service } from "../../actors/api/types.ts";
import { rentedIn } from "./clouds_of_run.ts";
import type { World } from "./world.ts";

/** What keeps rented things from being as the cluster wants them: computers without a node, Services without an address. */
export function unconvergedCloud(world: World): string | undefined {
  if (!world.definition.topology.clouds) return undefined;
  const { running } = rentedIn(world);
  const nodes = new Set(world.list<Node>("/registry/minions/").map(({ spec }) => spec.providerID));
  for (const [id, { node }] of running) if (!nodes.has(id)) return `the instance ${id} of ${node} is no node`;
  for (const id of nodes) if (id !== undefined && !running.has(id)) return `the node ${id} has no instance`;
  for (const { metadata, spec, status } of world.list<Service>("/registry/services/specs/")) {
    if (metadata.deletionTimestamp !== undefined) return `Service ${metadata.name} is still going`;
    const isTold = (status?.loadBalancer?.ingress ?? []).length > 0;
    if (spec.type === "LoadBalancer" && !isTold) return `Service ${metadata.name} has no load balancer`;
  }
  return undefined;
}
