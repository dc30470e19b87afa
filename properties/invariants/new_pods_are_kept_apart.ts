import type { NetworkPolicy } from "../../actors/api/kinds/network_policy.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { ComputerData } from "../../actors/computer/data.ts";
import type { KubeProxyData } from "../../actors/kube_proxy/data.ts";
import { proxyOf } from "../../scenarios/cluster/topology.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import { lets, ports, stranger } from "./policies_are_carried_out.ts";

const [policiesPrefix, podsPrefix] = ["/registry/networkpolicies/", "/registry/pods/"];

/** A pod, as it was made, whose node had brought all policies of its namespace into force before. */
interface Due {
  readonly labels: string;
  /** What its namespace's policies were. */
  readonly policies: string;
}

/** A sandbox that its computer does not know of yet. */
interface Come {
  readonly uid: string;
  readonly ip: string;
}

/**
 * A pod that is made when its node has brought the policies into force is kept apart from the moment on in which its
 * node knows its address: a stranger, whom policies let do nothing that they do not say, neither reaches it nor is
 * reached by it. Whether others whom policies let in are known by then is another matter.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/#pod-lifecycle
 */
export const newPodsAreKeptApart: Invariant = {
  name: "new pods are kept apart as policies say",
  watch(world) {
    /** What is in force, by the address of the node's kube-proxy. */
    const inForce = new Map<string, readonly Frozen<NetworkPolicy>[]>();
    const due = new Map<string, Due>();
    const come = new Map<string, Come[]>();
    let policies = 0;

    return {
      commit({ key, object, previous }) {
        if (key.startsWith(policiesPrefix)) policies += Number(object !== undefined) - Number(previous !== undefined);
        if (policies === 0 || !key.startsWith(podsPrefix) || !object || previous) return undefined;
        const { metadata, spec } = object as Frozen<Pod>;
        const { nodeName = "" } = spec;
        const own = versionsOf(world.list<NetworkPolicy>(policiesPrefix), metadata.namespace);
        const isHandled = own === versionsOf(inForce.get(proxyOf(nodeName)) ?? [], metadata.namespace);
        if (spec.hostNetwork || own === "" || !isHandled) return undefined;
        due.set(metadata.uid ?? "", { labels: textOf(metadata.labels), policies: own });
        return undefined;
      },
      runtime({ node, ...event }) {
        if (event.type !== "sandbox.ready" || !due.has(event.pod.uid)) return undefined;
        const [ip] = event.ips;
        if (ip !== undefined) come.set(node, [...(come.get(node) ?? []), { uid: event.pod.uid, ip }]);
        return undefined;
      },
      step(address) {
        if (policies > 0 && address.startsWith(proxyOf(""))) {
          const data = world.simulation.dataOf(address) as KubeProxyData | undefined;
          if (data && isInForce(data)) inForce.set(address, data.policies.all());
        }
        const waiting = come.get(address);
        if (!waiting?.length) return undefined;
        const data = world.simulation.dataOf(address) as ComputerData | undefined;
        const known = waiting.filter(({ uid, ip }) => data?.sandboxes.withIp(ip)?.pod.uid === uid);
        come.set(address, data ? waiting.filter((each) => !known.includes(each)) : []);
        for (const each of known) {
          const wrong = data && openness(world, each, { data, due: due.get(each.uid) });
          if (wrong) return `On ${address} ${wrong}`;
        }
        return undefined;
      },
    };
  },
};

function isInForce({ policies, sync }: KubeProxyData): boolean {
  return !policies.isDirty() && sync.ask === 0 && sync.outcome === "applied" && !sync.needsFull;
}

/** The policies of a namespace as one text; empty: there are none. */
function versionsOf(policies: readonly Frozen<NetworkPolicy>[], namespace: string | undefined): string {
  const own = policies.filter(({ metadata }) => metadata.namespace === namespace);
  return own
    .map(({ metadata: { name, resourceVersion } }) => `${name} ${resourceVersion}`)
    .sort()
    .join();
}

function textOf(labels: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify(labels);
}

/** What a stranger may do that it may not; what somebody has changed meanwhile is not judged. */
function openness(
  world: World,
  { uid, ip }: Come,
  { data, due }: { readonly data: ComputerData; readonly due: Due | undefined },
): string | undefined {
  const pod = world.list<Pod>(podsPrefix).find(({ metadata }) => metadata.uid === uid);
  if (!pod || !due || textOf(pod.metadata.labels) !== due.labels) return undefined;
  const policies = world.list<NetworkPolicy>(policiesPrefix);
  if (versionsOf(policies, pod.metadata.namespace) !== due.policies) return undefined;
  const [own, other] = [
    { ip, pod },
    { ip: stranger, pod: undefined },
  ];
  for (const port of ports) {
    for (const direction of ["Ingress", "Egress"] as const) {
      if (lets(world, direction, { of: own, other, port })) continue;
      const [source, target] = direction === "Ingress" ? [stranger, ip] : [ip, stranger];
      const attempt = { protocol: "tcp", source, target: { ip: target, port } } as const;
      if (!data.rules.policies.allows(attempt, data.input.nodeIps)) continue;
      const whom = direction === "Ingress" ? "is reached by" : "reaches";
      return `${pod.metadata.namespace}/${pod.metadata.name} ${whom} a stranger at ${port} when it begins`;
    }
  }
  return undefined;
}
