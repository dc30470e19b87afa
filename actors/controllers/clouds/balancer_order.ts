import type { Frozen, Node, Service } from "../../api/types.ts";
import { keyOf } from "../../api/types.ts";
import type { BalancerOrder } from "../../cloud/messages.ts";
import { familyOf, type IpFamily } from "../../kit/ip_number.ts";
import type { CloudPlace } from "../loop.ts";
import { cloudOf } from "./ask_cloud.ts";

/** A Service of the class `kubetroupe.dev/NAME` is that provider's. */
const classPrefix = "kubetroupe.dev/";
const nameLengthMax = 32;
const excludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers";
const toBeDeletedTaint = "ToBeDeletedByClusterAutoscaler";

/** Which provider is to balance a Service: of no class the first; undefined when none is, or somebody else. */
export function balancingCloud(
  { metadata, spec }: Frozen<Service>,
  clouds: readonly CloudPlace[],
): CloudPlace | undefined {
  if (spec.type !== "LoadBalancer" || metadata.deletionTimestamp !== undefined) return undefined;
  const { loadBalancerClass } = spec;
  return loadBalancerClass === undefined
    ? clouds[0]
    : clouds.find(({ name }) => loadBalancerClass === `${classPrefix}${name}`);
}

/** The name of a Service's load balancer, as all providers of Kubernetes make it. */
export function balancerName({ metadata }: Frozen<Service>): string {
  return `a${(metadata.uid ?? "").replaceAll("-", "")}`.slice(0, nameLengthMax);
}

/** What a Service wants of its provider, with the nodes as they are. */
export function balancerOrder(
  service: Frozen<Service>,
  nodes: Iterable<Frozen<Node>>,
  cloud: CloudPlace,
): BalancerOrder {
  const { spec } = service;
  const families = spec.clusterIPs?.map(familyOf) ?? ["IPv4" as const];
  const targets = [...nodes].filter((node) => isTarget(node, cloud));
  const ips = targets.flatMap((node) => families.flatMap((family) => internalIp(node, family)));
  return {
    name: balancerName(service),
    service: keyOf(service),
    ports: (spec.ports ?? []).map(({ port, nodePort = 0, protocol = "TCP" }) => ({ port, nodePort, protocol })),
    nodes: ips.sort(),
    sourceRanges: [...(spec.loadBalancerSourceRanges ?? [])],
    ...(families.join() === "IPv4" ? {} : { families }),
    ...(spec.loadBalancerIP ? { ip: spec.loadBalancerIP } : {}),
  };
}

/** Also nodes that are not ready: their network may work although their kubelet is silent. */
function isTarget(node: Frozen<Node>, cloud: CloudPlace): boolean {
  const { labels = {}, deletionTimestamp } = node.metadata;
  const isLeaving = node.spec.taints?.some(({ key }) => key === toBeDeletedTaint) === true;
  return deletionTimestamp === undefined && !isLeaving && !(excludeLabel in labels) && cloudOf(node, [cloud]) === cloud;
}

function internalIp({ status }: Frozen<Node>, family: IpFamily): readonly string[] {
  const found = status.addresses?.find(
    ({ type, address }) => type === "InternalIP" && familyOf(address) === family,
  )?.address;
  return found === undefined ? [] : [found];
}
