import type { EndpointSlice, Frozen, Service } from "../api/types.ts";
import { familyOf } from "../kit/ip_number.ts";
import { canonicalAddress } from "../network/ip.ts";
import type { ServicePortRule, Target } from "./messages.ts";
import { near } from "./near.ts";

/** One address of an EndpointSlice at one port. */
export interface ProxyEndpoint extends Target {
  /** `ip:port`, by which endpoints are ordered. */
  readonly id: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly local: boolean;
  readonly zones: readonly string[];
  readonly nodes: readonly string[];
}

/** Where rules are made for. */
export interface RulePlace {
  readonly node: string;
  /** Undefined for a node without one. */
  readonly zone: string | undefined;
}

/** The part of a rule that only depends on the Service, and how to find its endpoints. */
export interface Portal {
  readonly rule: Omit<ServicePortRule, "cluster" | "local" | "hasEndpoints">;
  /** The port's name and protocol, as slices have them. */
  readonly portName: string;
  readonly protocol: string;
  readonly usesCluster: boolean;
  readonly usesLocal: boolean;
}

const affinitySecondsDefault = 10_800;
/** The labels of a Service that another proxy is to carry out, or none at all. */
const foreignLabels = ["service.kubernetes.io/service-proxy-name", "service.kubernetes.io/headless"] as const;
const none: readonly never[] = [];

/** What a Service asks of every node, port by port; nothing for one without an address of its own. */
export function portalsOf({ metadata, spec, status }: Frozen<Service>): readonly Portal[] {
  const { clusterIP = "", type = "ClusterIP" } = spec;
  if (clusterIP === "" || clusterIP === "None" || type === "ExternalName") return none;
  if (foreignLabels.some((label) => metadata.labels?.[label] !== undefined)) return none;
  return (spec.clusterIPs?.length ? spec.clusterIPs : [clusterIP]).flatMap((ip) =>
    portalsAt(canonicalAddress(ip), { metadata, spec, status }),
  );
}

/** The same for one of its addresses, with all else that is of that family. */
function portalsAt(
  clusterIp: string,
  { metadata, spec, status }: Pick<Frozen<Service>, "metadata" | "spec" | "status">,
): readonly Portal[] {
  const family = familyOf(clusterIp);
  const isOfFamily = (text: string) => familyOf(text) === family;
  const externalIps = (spec.externalIPs ?? []).filter(isOfFamily).map(canonicalAddress);
  const virtual = spec.type === "LoadBalancer" ? virtualIps(status).filter(isOfFamily) : none;
  const loadBalancerIps = virtual.map(canonicalAddress);
  const isSticky = spec.sessionAffinity === "ClientIP";
  const internalPolicy = spec.internalTrafficPolicy === "Local" ? "Local" : "Cluster";
  return (spec.ports ?? []).map(({ name: portName = "", port, protocol = "TCP", nodePort = 0 }): Portal => {
    const isExternal = nodePort !== 0 || externalIps.length > 0 || loadBalancerIps.length > 0;
    const externalPolicy = isExternal && spec.externalTrafficPolicy === "Local" ? "Local" : "Cluster";
    return {
      rule: {
        name: `${metadata.namespace}/${metadata.name}${portName === "" ? "" : `:${portName}`}`,
        ...(family === "IPv4" ? {} : { family }),
        protocol: protocol.toLowerCase() as ServicePortRule["protocol"],
        clusterIp,
        port,
        nodePort,
        externalIps,
        loadBalancerIps,
        sourceRanges: (spec.loadBalancerSourceRanges ?? none).map((range) => range.trim()).filter(isOfFamily),
        healthCheckNodePort: spec.healthCheckNodePort ?? 0,
        affinitySeconds: isSticky
          ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? affinitySecondsDefault)
          : 0,
        internalPolicy,
        externalPolicy,
      },
      portName,
      protocol,
      // Even where external traffic stays local, pods and the node itself are led to all endpoints.
      usesCluster: internalPolicy === "Cluster" || isExternal,
      usesLocal: internalPolicy === "Local" || externalPolicy === "Local",
    };
  });
}

/** A load balancer that is a proxy of its own hands connections to node ports: nodes must not catch its IP. */
function virtualIps(status: Frozen<Service>["status"]): readonly string[] {
  const ips: string[] = [];
  // A field that the types' package does not have yet.
  for (const each of (status.loadBalancer?.ingress ?? none) as readonly { ip?: string; ipMode?: string }[]) {
    if (each.ip && each.ipMode !== "Proxy") ips.push(each.ip);
  }
  return ips;
}

/** The endpoints that slices give a port, each once, in the order of their addresses. */
export function endpointsOf(
  { portName, protocol, rule: { family = "IPv4" } }: Portal,
  slices: Iterable<Frozen<EndpointSlice>>,
  { node }: RulePlace,
): readonly ProxyEndpoint[] {
  const found = new Map<string, ProxyEndpoint>();
  for (const { addressType, ports, endpoints } of slices) {
    if (addressType !== family) continue;
    for (const port of ports ?? none) {
      if ((port.name ?? "") !== portName || (port.protocol ?? "TCP") !== protocol || !port.port) continue;
      for (const each of endpoints ?? none) {
        const [address] = each.addresses;
        if (address === undefined) continue;
        const ip = canonicalAddress(address);
        const id = `${ip}:${port.port}`;
        const local = each.nodeName === node;
        if (found.has(id) && !local) continue;
        found.set(id, proxyEndpoint(each, { id, ip, port: port.port, local }));
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

type SliceEndpoint = Frozen<EndpointSlice["endpoints"][number]>;
type Found = Pick<ProxyEndpoint, "id" | "ip" | "port" | "local">;

/** What is not said counts as well: ready, serving as it is ready, not terminating. */
function proxyEndpoint({ conditions, hints }: SliceEndpoint, found: Found): ProxyEndpoint {
  const ready = conditions?.ready ?? true;
  // A field that the types' package does not have yet.
  const { forZones, forNodes } = (hints ?? {}) as Record<string, readonly { readonly name: string }[] | undefined>;
  return {
    ...found,
    ready,
    serving: conditions?.serving ?? ready,
    terminating: conditions?.terminating ?? false,
    zones: forZones ? forZones.map(({ name }) => name) : none,
    nodes: forNodes ? forNodes.map(({ name }) => name) : none,
  };
}

/**
 * The rule of a port on a node: which endpoints each policy may use. Ready ones; where there is none, those that
 * terminate and still serve, so that the last pods of a rollout lose nothing.
 */
export function ruleOf(portal: Portal, endpoints: readonly ProxyEndpoint[], place: RulePlace): ServicePortRule {
  const { usesCluster, usesLocal } = portal;
  const ready = endpoints.filter((each) => each.ready);
  const leaving = endpoints.filter((each) => !each.ready && each.serving && each.terminating);
  const reachable = ready.length > 0 ? near(ready, place) : leaving;
  const localReady = usesLocal ? ready.filter((each) => each.local) : none;
  const serving = portal.rule.protocol === "udp" ? endpoints.filter((each) => each.serving) : none;
  const local = usesLocal && localReady.length === 0 ? leaving.filter((each) => each.local) : localReady;
  return {
    ...portal.rule,
    cluster: usesCluster ? reachable.map(targetOf) : none,
    local: local.map(targetOf),
    hasEndpoints: ready.length + leaving.length > 0,
    ...(serving.some((each) => !reachable.includes(each)) ? { serving: serving.map(targetOf) } : {}),
  };
}

function targetOf({ ip, port }: ProxyEndpoint): Target {
  return { ip, port };
}
