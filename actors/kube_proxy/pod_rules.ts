import type { NetworkPolicyPeer, NetworkPolicyPort } from "kubernetes-types/networking/v1.js";
import type { NetworkPolicy } from "../api/kinds/network_policy.ts";
import { matchesLabelSelector } from "../api/label_selector.ts";
import type { Frozen } from "../api/types.ts";
import { type Allowance, isInRange, type PeerRange, type PodRules, type PortRange } from "../network/pod_policies.ts";

/** A pod as policies see it. */
export interface PolicyPod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly node: string;
  /** One of each of its families. */
  readonly ips: readonly string[];
  /** Its ports that have a name. */
  readonly ports: readonly NamedPort[];
}

/** A port by its name. */
export interface NamedPort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
}

/** All that decides who may speak with whom. */
export interface PolicyWorld {
  readonly policies: readonly Frozen<NetworkPolicy>[];
  readonly pods: readonly PolicyPod[];
  /** The labels of namespaces, by their names. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** What the policies of a cluster say of the pods of a node: those that no policy selects are left out. */
export function podRules(world: PolicyWorld, node: string): readonly PodRules[] {
  return world.pods.filter((pod) => pod.node === node).flatMap((pod) => rulesOf(world, pod));
}

function rulesOf(world: PolicyWorld, pod: PolicyPod): readonly PodRules[] {
  const selecting = world.policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace && matchesLabelSelector(spec.podSelector ?? {}, pod.labels),
  );
  const of = (type: string) => selecting.filter(({ spec }) => spec.policyTypes?.includes(type));
  const [ingress, egress] = [of("Ingress"), of("Egress")];
  if (ingress.length === 0 && egress.length === 0) return [];
  const rules = {
    ...(ingress.length === 0 ? {} : { ingress: ingress.flatMap((policy) => incoming(world, policy, pod)) }),
    ...(egress.length === 0 ? {} : { egress: egress.flatMap((policy) => outgoing(world, policy)) }),
  };
  return pod.ips.map((ip) => ({ ip, ...rules }));
}

function incoming(world: PolicyWorld, { metadata, spec }: Frozen<NetworkPolicy>, pod: PolicyPod): Allowance[] {
  return (spec.ingress ?? []).map(({ from, ports }) => ({
    ...peersOf(world, from, metadata.namespace ?? ""),
    ...(ports?.length ? { ports: ports.flatMap((port) => portsAt(port, pod)) } : {}),
  }));
}

/** Names of ports mean another number at each pod that is connected to. */
function outgoing(world: PolicyWorld, { metadata, spec }: Frozen<NetworkPolicy>): Allowance[] {
  return (spec.egress ?? []).flatMap(({ to, ports }) => {
    const peers = peersOf(world, to, metadata.namespace ?? "");
    if (!ports?.length) return [peers];
    const numbered = ports.filter(({ port }) => typeof port !== "string");
    const named = ports.filter(({ port }) => typeof port === "string");
    const targets =
      named.length === 0 ? [] : world.pods.filter(({ ips }) => ips.some((ip) => isAmong(peers.peers, ip)));
    return [
      { ...peers, ports: numbered.flatMap((port) => portsAt(port, undefined)) },
      ...targets.map((pod) => ({
        peers: [{ ips: pod.ips.filter((ip) => isAmong(peers.peers, ip)) }],
        ports: named.flatMap((port) => portsAt(port, pod)),
      })),
    ];
  });
}

function isAmong(peers: readonly PeerRange[] | undefined, ip: string): boolean {
  if (!peers) return true;
  return peers.some((peer) => ("ips" in peer ? peer.ips.includes(ip) : isInRange(peer, ip)));
}

function portsAt(
  { protocol = "TCP", port, endPort }: Frozen<NetworkPolicyPort>,
  pod: PolicyPod | undefined,
): PortRange[] {
  const of = { protocol: protocol.toLowerCase() as PortRange["protocol"] };
  if (port === undefined) return [of];
  if (typeof port === "number") return [{ ...of, first: port, ...(endPort === undefined ? {} : { last: endPort }) }];
  return (pod?.ports ?? [])
    .filter((each) => each.name === port && each.protocol === protocol)
    .map((each) => ({ ...of, first: each.port }));
}

function peersOf(
  world: PolicyWorld,
  peers: readonly Frozen<NetworkPolicyPeer>[] | undefined,
  own: string,
): Pick<Allowance, "peers"> {
  return peers?.length ? { peers: peers.map((peer) => rangeOf(world, peer, own)) } : {};
}

function rangeOf(
  { pods, namespaces }: PolicyWorld,
  { ipBlock, namespaceSelector, podSelector }: Frozen<NetworkPolicyPeer>,
  own: string,
): PeerRange {
  if (ipBlock) return { cidr: ipBlock.cidr, except: ipBlock.except ?? [] };
  const isThere = (namespace: string) =>
    namespaceSelector ? matchesLabelSelector(namespaceSelector, namespaces.get(namespace) ?? {}) : namespace === own;
  const found = pods.filter(
    ({ namespace, labels }) => isThere(namespace) && matchesLabelSelector(podSelector ?? {}, labels),
  );
  return { ips: found.flatMap(({ ips }) => ips) };
}
