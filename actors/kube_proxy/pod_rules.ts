import type { NetworkPolicyPeer, NetworkPolicyPort } from "kubernetes-types/networking/v1.js";
import type { NetworkPolicy } from "../api/kinds/network_policy.ts";
import { matchesLabelSelector } from "../api/label_selector.ts";
import type { Frozen } from "../api/types.ts";
import { type Allowance, isInRange, type PeerRange, type PodRules, type PortRange } from "../network/pod_policies.ts";

/** A pod as policies see it. */
export interface PolicyPod {
  /** As its node knows it. */
  readonly uid: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly node: string;
  /** One of each of its families; none before it has any. */
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

/** Whom each rule of each policy speaks of: the same for all pods that it selects. */
interface Known extends PolicyWorld {
  readonly peers: (policy: Frozen<NetworkPolicy>, peers: Peers) => Pick<Allowance, "peers">;
}

type Peers = readonly Frozen<NetworkPolicyPeer>[] | undefined;

/**
 * What the policies of a cluster say of the pods of a node, also of those that have no address yet: those that no policy
 * selects are left out.
 */
export function podRules(world: PolicyWorld, node: string): readonly PodRules[] {
  const found = new Map<string, Map<Peers, Pick<Allowance, "peers">>>();
  const peers: Known["peers"] = ({ metadata: { namespace = "" } }, of) => {
    const there = found.get(namespace) ?? new Map<Peers, Pick<Allowance, "peers">>();
    const known = there.get(of) ?? peersOf(world, of, namespace);
    found.set(namespace, there.set(of, known));
    return known;
  };
  return world.pods.filter((pod) => pod.node === node).flatMap((pod) => rulesOf({ ...world, peers }, pod));
}

function rulesOf(known: Known, pod: PolicyPod): readonly PodRules[] {
  const selecting = known.policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace && matchesLabelSelector(spec.podSelector ?? {}, pod.labels),
  );
  const of = (type: string) => selecting.filter(({ spec }) => spec.policyTypes?.includes(type));
  const [ingress, egress] = [of("Ingress"), of("Egress")];
  if (ingress.length === 0 && egress.length === 0) return [];
  const rules = {
    ...(ingress.length === 0 ? {} : { ingress: ingress.flatMap((policy) => incoming(known, policy, pod)) }),
    ...(egress.length === 0 ? {} : { egress: egress.flatMap((policy) => outgoing(known, policy)) }),
  };
  return [{ uid: pod.uid, ips: pod.ips, ...rules }];
}

function incoming(known: Known, policy: Frozen<NetworkPolicy>, pod: PolicyPod): Allowance[] {
  return (policy.spec.ingress ?? []).map(({ from, ports }) => ({
    ...known.peers(policy, from),
    ...(ports?.length ? { ports: ports.flatMap((port) => portsAt(port, pod)) } : {}),
  }));
}

/** Names of ports mean another number at each pod that is connected to. */
function outgoing(known: Known, policy: Frozen<NetworkPolicy>): Allowance[] {
  return (policy.spec.egress ?? []).flatMap(({ to, ports }) => {
    const peers = known.peers(policy, to);
    if (!ports?.length) return [peers];
    const numbered = ports.filter(({ port }) => typeof port !== "string");
    const named = ports.filter(({ port }) => typeof port === "string");
    const targets =
      named.length === 0 ? [] : known.pods.filter(({ ips }) => ips.some((ip) => isAmong(peers.peers, ip)));
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

function peersOf(world: PolicyWorld, peers: Peers, own: string): Pick<Allowance, "peers"> {
  return peers?.length ? { peers: peers.map((peer) => rangeOf(world, peer, own)) } : {};
}

function rangeOf(
  { pods, namespaces }: PolicyWorld,
  { ipBlock, namespaceSelector, podSelector = {} }: Frozen<NetworkPolicyPeer>,
  own: string,
): PeerRange {
  if (ipBlock) return { cidr: ipBlock.cidr, except: ipBlock.except ?? [] };
  const known = new Map<string, boolean>();
  const isThere = (namespace: string) => {
    if (!namespaceSelector) return namespace === own;
    const is = known.get(namespace) ?? matchesLabelSelector(namespaceSelector, namespaces.get(namespace) ?? {});
    known.set(namespace, is);
    return is;
  };
  const found = pods.filter(({ namespace, labels }) => isThere(namespace) && matchesLabelSelector(podSelector, labels));
  return { ips: found.flatMap(({ ips }) => ips) };
}
