import type { Route } from "../../actors/network/routes.ts";

/** The IP of a node. */
export function nodeIp(index: number): string {
  const address = index + 1;
  return `192.168.${address >> 8}.${address & 255}`;
}

/** Where the DNS server is behind its service IP. */
export const dnsHostIp = "192.168.255.10";

/** Where the gateway is in the network of the nodes: what comes from outside comes from there. */
export const gatewayIp = "172.18.0.1";

/** The IP of an API server: in the network of the nodes, beside them. */
export const apiServerIp = (index: number): string => `172.18.0.${index + 2}`;

/** From which addresses Services are given theirs where a topology says nothing else. */
export const serviceCidrDefault = "10.96.0.0/16";

/** All that `podCidr` may give. */
export const clusterCidr = "10.128.0.0/9";

/** Nodes have this many pod ranges to choose from. */
export const nodesMax = 128 * 256;

/** From which range the pods of a node get their IPs: 10.244.0.0/24 for the first, and upwards from there. */
export function podCidr(node: number): string {
  const block = 244 + (node >> 8);
  return `10.${block > 255 ? block - 128 : block}.${node & 255}.0/24`;
}

/** Where the computers of so many nodes are, whose addresses begin with that prefix: pod ranges are counted through twice, from 10.244.0.0 and from 10.128.0.0. */
export function routesTo(nodes: number, computerPrefix: string): readonly Route[] {
  const starts = [0, (256 - 244) * 256];
  return starts.flatMap((first, at) => {
    const count = Math.min(nodes, starts[at + 1] ?? nodes) - first;
    if (count <= 0) return [];
    const computers = { prefix: computerPrefix, first };
    return [{ count, computers, nodeFirst: nodeIp(first), podFirst: podCidr(first).replace("/24", "") }];
  });
}
