import type { NetworkPolicyPeer, NetworkPolicyPort } from "kubernetes-types/networking/v1.js";
import type { NetworkPolicy } from "../../actors/api/kinds/network_policy.ts";
import type { Frozen, LabelSelector, Namespace, Node, Pod } from "../../actors/api/types.ts";
import type { ComputerData } from "../../actors/computer/data.ts";
import { isInCidr } from "../../actors/network/ip.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";

/** Which way. */
export type Direction = "Ingress" | "Egress";
type Labels = Readonly<Record<string, string>>;

/** Nobody's in any run. */
export const stranger = "203.0.113.7";
/** Those that policies of runs speak of, and one beside. */
export const ports: readonly number[] = [9_000, 9_001, 9_002];

/** Who speaks, or is spoken to. */
export interface End {
  readonly ip: string;
  readonly pod: Frozen<Pod> | undefined;
}

/**
 * At rest each node lets through what NetworkPolicies let its pods do, and nothing else: asked of the computer, for all
 * that any two pods, or a stranger, might want of each other.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export const policiesAreCarriedOut: Invariant = {
  name: "network policies are carried out",
  watch: (world) => ({
    end() {
      const policies = world.list<NetworkPolicy>("/registry/networkpolicies/");
      if (policies.length === 0) return undefined;
      const living = world.list<Pod>("/registry/pods/").filter(hasAddress);
      const ends: readonly End[] = [
        ...living.map((pod) => ({ ip: pod.status.podIP ?? "", pod })),
        { ip: stranger, pod: undefined },
      ];
      for (const { metadata, status } of world.list<Node>("/registry/minions/")) {
        const data = world.simulation.dataOf(`computer/${metadata.name}`) as ComputerData | undefined;
        const nodeIps = (status.addresses ?? []).map(({ address }) => address);
        for (const source of ends) {
          for (const target of ends) {
            for (const port of ports) {
              const isHere = ({ pod }: End) => pod?.spec.nodeName === metadata.name;
              const may =
                source.ip === target.ip ||
                ((!isHere(source) || lets(world, "Egress", { of: source, other: target, port })) &&
                  (!isHere(target) || lets(world, "Ingress", { of: target, other: source, port })));
              const attempt = { protocol: "tcp", source: source.ip, target: { ip: target.ip, port } } as const;
              if (!data || data.rules.policies.allows(attempt, nodeIps) === may) continue;
              return `On ${metadata.name} ${nameOf(source)} ${may ? "may" : "may not"} reach ${nameOf(target)} at ${port}`;
            }
          }
        }
      }
      return undefined;
    },
  }),
};

function nameOf({ ip, pod }: End): string {
  return pod ? `${pod.metadata.namespace}/${pod.metadata.name}` : ip;
}

function hasAddress({ spec, status }: Frozen<Pod>): boolean {
  return Boolean(status.podIP) && !spec.hostNetwork && status.phase !== "Succeeded" && status.phase !== "Failed";
}

/** Who wants to speak with whom at which port. */
export interface Wish {
  readonly of: End;
  readonly other: End;
  readonly port: number;
}

/** Whether policies let a pod be reached, or reach somebody. */
export function lets(world: World, direction: Direction, { of: { pod }, other, port }: Wish): boolean {
  if (!pod) return true;
  const selecting = world.list<NetworkPolicy>("/registry/networkpolicies/").filter(({ metadata, spec }) => {
    const isOf = metadata.namespace === pod.metadata.namespace && spec.policyTypes?.includes(direction);
    return isOf && selects(spec.podSelector, pod.metadata.labels);
  });
  if (selecting.length === 0) return true;
  return selecting.some(({ metadata, spec }) => {
    const rules =
      direction === "Ingress"
        ? (spec.ingress ?? []).map(({ from, ports: at }) => ({ peers: from, at }))
        : (spec.egress ?? []).map(({ to, ports: at }) => ({ peers: to, at }));
    return rules.some(({ peers = [], at = [] }) => {
      const isPeer =
        peers.length === 0 || peers.some((each) => isAmong(world, each, { other, own: metadata.namespace }));
      const reached = direction === "Ingress" ? pod : other.pod;
      return isPeer && (at.length === 0 || at.some((each) => isAt(each, port, reached)));
    });
  });
}

function isAmong(
  world: World,
  { ipBlock, podSelector, namespaceSelector }: Frozen<NetworkPolicyPeer>,
  { other: { ip, pod }, own }: { readonly other: End; readonly own: string | undefined },
): boolean {
  if (ipBlock) return isInCidr(ipBlock.cidr, ip) && !(ipBlock.except ?? []).some((each) => isInCidr(each, ip));
  if (!pod) return false;
  const { namespace, labels } = pod.metadata;
  const space = world.get<Namespace>(`/registry/namespaces/${namespace}`);
  const isThere = namespaceSelector ? selects(namespaceSelector, space?.metadata.labels) : namespace === own;
  return isThere && selects(podSelector ?? {}, labels);
}

function isAt({ port, endPort, protocol = "TCP" }: Frozen<NetworkPolicyPort>, wanted: number, pod?: Frozen<Pod>) {
  if (protocol !== "TCP") return false;
  if (port === undefined) return true;
  if (typeof port === "number") return wanted >= port && wanted <= (endPort ?? port);
  const own = pod?.spec.containers.flatMap((each) => each.ports ?? []) ?? [];
  return own.some(({ name, containerPort }) => name === port && containerPort === wanted);
}

/** In runs selectors have labels only. */
function selects({ matchLabels = {} }: Frozen<LabelSelector> = {}, labels: Labels = {}): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}
