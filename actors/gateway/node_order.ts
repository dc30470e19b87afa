import { type EndpointSlice, type Frozen, keyOf, type Node, type Service } from "../api/types.ts";
import type { Informer } from "../client/informer.ts";
import { familyOf, type IpFamily } from "../kit/ip_number.ts";

/** The index of EndpointSlices by the Service that they are of. */
export const byService = "service";

const serviceNameLabel = "kubernetes.io/service-name";

/** The Service of a slice, for that index. */
export function serviceOf({ metadata }: Frozen<EndpointSlice>): readonly string[] {
  const name = metadata.labels?.[serviceNameLabel];
  return name ? [`${metadata.namespace}/${name}`] : [];
}

/** The families of a Service's addresses, the one that leads first. */
export function familiesOf({ spec }: Frozen<Service>): readonly IpFamily[] {
  const { clusterIP = "", clusterIPs = [clusterIP] } = spec;
  return clusterIPs.map(familyOf);
}

/** What the order of nodes is made from. */
export interface NodeOrderOptions {
  readonly nodes: Pick<Informer<Node>, "values">;
  readonly slices: Pick<Informer<EndpointSlice>, "by">;
  /** Connections so far: nodes take turns. */
  readonly turn: number;
  /** Of which their IPs are to be. */
  readonly family: IpFamily;
}

/**
 * The IPs of nodes in the order in which to try them for a connection: those that are Ready, in turn; then the others,
 * whose network may work although their kubelet is silent. Where traffic stays local, nodes with endpoints come first,
 * as a load balancer that asks the health check node port knows them.
 */
export function nodesFor(
  service: Frozen<Service>,
  { nodes, slices, turn, family }: NodeOrderOptions,
): readonly string[] {
  const ready: Candidate[] = [];
  const others: Candidate[] = [];
  for (const node of nodes.values()) {
    const ip = node.status.addresses?.find(
      ({ type, address }) => type === "InternalIP" && familyOf(address) === family,
    )?.address;
    if (ip !== undefined) (isReady(node) ? ready : others).push({ name: node.metadata.name, ip });
  }
  const ordered = [...rotated(ready, turn), ...rotated(others, turn)];
  if (service.spec.externalTrafficPolicy !== "Local") return ordered.map(({ ip }) => ip);
  const ofFamily = [...slices.by(byService, keyOf(service))].filter(({ addressType }) => addressType === family);
  const withEndpoints = new Set(endpointNodes(ofFamily));
  const isLocal = ({ name }: Candidate) => withEndpoints.has(name);
  return [...ordered.filter(isLocal), ...ordered.filter((each) => !isLocal(each))].map(({ ip }) => ip);
}

interface Candidate {
  readonly name: string;
  readonly ip: string;
}

function rotated(nodes: Candidate[], turn: number): Candidate[] {
  nodes.sort((a, b) => (a.name < b.name ? -1 : 1));
  const first = turn % Math.max(1, nodes.length);
  return [...nodes.slice(first), ...nodes.slice(0, first)];
}

function isReady({ status }: Frozen<Node>): boolean {
  return status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;
}

/** Whether a node would send a connection to anybody: to who is ready, or at least still serves while it ends. */
export function hasEndpoints(slices: Iterable<Frozen<EndpointSlice>>, families: readonly IpFamily[]): boolean {
  for (const { endpoints, addressType } of slices) {
    if (!families.some((family) => family === addressType)) continue;
    for (const { conditions = {} } of endpoints ?? []) {
      const { ready = true, serving = ready, terminating = false } = conditions;
      if (ready || (serving && terminating)) return true;
    }
  }
  return false;
}

function* endpointNodes(slices: Iterable<Frozen<EndpointSlice>>): Generator<string> {
  for (const { endpoints } of slices) {
    for (const { nodeName, conditions } of endpoints ?? []) {
      if (nodeName !== undefined && conditions?.ready !== false) yield nodeName;
    }
  }
}
