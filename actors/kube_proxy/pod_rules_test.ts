import type { LabelSelector } from "kubernetes-types/meta/v1.js";
import type {
  IPBlock,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from "kubernetes-types/networking/v1.js";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import type { NetworkPolicy } from "../api/kinds/network_policy.ts";
import { matchesLabelSelector } from "../api/label_selector.ts";
import type { Frozen } from "../api/types.ts";
import { isInCidr } from "../network/ip.ts";
import { createPolicyTable } from "../network/pod_policies.ts";
import { type PolicyPod, type PolicyWorld, podRules } from "./pod_rules.ts";

const namespaces = new Map([
  ["a", { team: "red", "kubernetes.io/metadata.name": "a" }],
  ["b", { team: "blue", "kubernetes.io/metadata.name": "b" }],
]);
const nodeIp = "192.168.0.1";

function policy(namespace: string, spec: NetworkPolicySpec): NetworkPolicy {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "p", namespace }, spec };
}

interface Tried {
  readonly from: string;
  readonly to: PolicyPod;
  /** The one of its addresses that is of the same family. */
  readonly toIp: string;
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

/** What the specification says, word for word, of one connection between two pods, or from an address outside. */
function mayConnect({ policies, pods }: PolicyWorld, { from, to, toIp, port, protocol }: Tried): boolean {
  const source = pods.find(({ ips }) => ips.includes(from));
  if (from === toIp) return true;
  const selects = ({ metadata, spec }: Frozen<NetworkPolicy>, pod: PolicyPod) =>
    metadata.namespace === pod.namespace && matchesLabelSelector(spec.podSelector ?? {}, pod.labels);
  const isPeer = ({ ipBlock, namespaceSelector, podSelector }: Frozen<NetworkPolicyPeer>, ip: string, own: string) => {
    if (ipBlock) return isInCidr(ipBlock.cidr, ip) && !(ipBlock.except ?? []).some((each) => isInCidr(each, ip));
    const pod = pods.find((each) => each.ips.includes(ip));
    if (!pod) return false;
    const isThere = namespaceSelector
      ? matchesLabelSelector(namespaceSelector, namespaces.get(pod.namespace))
      : pod.namespace === own;
    return isThere && matchesLabelSelector(podSelector ?? {}, pod.labels);
  };
  const isPort = (each: Frozen<NetworkPolicyPort>) => {
    if ((each.protocol ?? "TCP") !== protocol) return false;
    if (each.port === undefined) return true;
    if (typeof each.port === "number") return port >= each.port && port <= (each.endPort ?? each.port);
    return to.ports.some((known) => known.name === each.port && known.port === port && known.protocol === protocol);
  };
  const allows = (each: Frozen<NetworkPolicy>, type: "Ingress" | "Egress") => {
    const rules =
      type === "Ingress"
        ? (each.spec.ingress ?? []).map((rule) => ({ peers: rule.from, ports: rule.ports, ip: from }))
        : (each.spec.egress ?? []).map((rule) => ({ peers: rule.to, ports: rule.ports, ip: toIp }));
    return rules.some(
      ({ peers, ports, ip }) =>
        (!peers?.length || peers.some((peer) => isPeer(peer, ip, each.metadata.namespace ?? ""))) &&
        (!ports?.length || ports.some(isPort)),
    );
  };
  const isLetThrough = (pod: PolicyPod, type: "Ingress" | "Egress") => {
    const own = policies.filter((each) => selects(each, pod) && each.spec.policyTypes?.includes(type));
    return own.length === 0 || own.some((each) => allows(each, type));
  };
  return isLetThrough(to, "Ingress") && (!source || isLetThrough(source, "Egress"));
}

/** The same as nodes do it: the one that it comes from, and the one that it goes to. */
function isCarried(world: PolicyWorld, { from, to, toIp, port, protocol }: Tried): boolean {
  const source = world.pods.find(({ ips }) => ips.includes(from));
  return [source?.node, to.node].every((node) => {
    if (node === undefined) return true;
    const table = createPolicyTable();
    table.replace({ known: [], rules: podRules(world, node) });
    const attempt = {
      protocol: protocol === "TCP" ? "tcp" : "udp",
      source: from,
      target: { ip: toIp, port },
    } as const;
    return table.allows(attempt, [nodeIp]);
  });
}

const label = fc.constantFrom({}, { app: "web" }, { app: "db" }, { app: "web", tier: "front" });
const pod = fc.record({
  namespace: fc.constantFrom("a", "b"),
  labels: label,
  node: fc.constantFrom("node-0", "node-1"),
  ports: fc.constantFrom<PolicyPod["ports"]>(
    [],
    [{ name: "http", protocol: "TCP", port: 80 }],
    [
      { name: "http", protocol: "TCP", port: 8080 },
      { name: "dns", protocol: "UDP", port: 53 },
    ],
  ),
});
const selector = fc.constantFrom<LabelSelector[]>(
  {},
  { matchLabels: { app: "web" } },
  { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] },
);
const namespaceSelector = fc.constantFrom<LabelSelector[]>(
  {},
  { matchLabels: { team: "red" } },
  { matchLabels: { team: "none" } },
);
const ipBlock = fc.constantFrom<IPBlock[]>(
  { cidr: "10.0.0.0/8" },
  { cidr: "10.0.0.0/8", except: ["10.0.0.0/30"] },
  { cidr: "172.18.0.0/16" },
  { cidr: "fd00::/64" },
  { cidr: "fd00::/16", except: ["fd00::/126"] },
);
const peer: fc.Arbitrary<NetworkPolicyPeer> = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector }),
  fc.record({ podSelector: selector, namespaceSelector }),
  fc.record({ ipBlock }),
);
const portArbitrary: fc.Arbitrary<NetworkPolicyPort> = fc.constantFrom(
  { protocol: "TCP" },
  { protocol: "TCP", port: 80 },
  { protocol: "TCP", port: "http" },
  { protocol: "UDP", port: "dns" },
  { protocol: "TCP", port: 8000, endPort: 8100 },
);
const some = <T>(each: fc.Arbitrary<T>) => fc.option(fc.array(each, { maxLength: 2 }), { nil: undefined });
const ports = some(portArbitrary);
const spec: fc.Arbitrary<object> = fc.record({
  podSelector: selector,
  policyTypes: fc.constantFrom(["Ingress"], ["Egress"], ["Ingress", "Egress"]),
  ingress: fc.array(fc.record({ from: some(peer), ports }), { maxLength: 2 }),
  egress: fc.array(fc.record({ to: some(peer), ports }), { maxLength: 2 }),
});

property(
  "nodes let through what NetworkPolicies allow, and nothing else",
  [
    fc.array(pod, { minLength: 2, maxLength: 4 }),
    fc.array(fc.tuple(fc.constantFrom("a", "b"), spec), { maxLength: 3 }),
  ],
  (drawn, policies) => {
    const pods = drawn.map(
      (each, index): PolicyPod => ({ ...each, uid: `${index}`, ips: [`10.0.0.${index + 1}`, `fd00::${index + 1}`] }),
    );
    const world: PolicyWorld = {
      ...{ pods, namespaces },
      policies: policies.map(([namespace, each]) => policy(namespace, each as NetworkPolicySpec)),
    };
    const outside = ["172.18.0.9", "10.9.9.9", "2001:db8::9", "fd00::9:9"];
    const sources = [...pods.flatMap(({ ips }) => ips), ...outside];
    for (const from of sources) {
      for (const to of pods) {
        for (const [port, protocol] of [
          [80, "TCP"],
          [8080, "TCP"],
          [8101, "TCP"],
          [53, "UDP"],
        ] as const) {
          const toIp = to.ips.find((ip) => ip.includes(":") === from.includes(":")) ?? "";
          const tried = { from, to, toIp, port, protocol };
          assert.equal(isCarried(world, tried), mayConnect(world, tried), JSON.stringify(tried));
        }
      }
    }
  },
  { runs: 300 },
);

test("a pod that a policy selects for nothing is reached by its own node alone, and reaches itself", () => {
  const ip = "10.0.0.1";
  const one = { ...{ uid: "one", namespace: "a", labels: {}, node: "n", ports: [] }, ips: [ip] };
  const world = {
    namespaces,
    pods: [one],
    policies: [policy("a", { podSelector: {}, policyTypes: ["Ingress", "Egress"] })],
  };
  const table = createPolicyTable();
  table.replace({ known: ["one"], rules: podRules(world, "n") });
  const attempt = (source: string, target: string) =>
    table.allows({ protocol: "tcp", source, target: { ip: target, port: 1 } }, [nodeIp]);
  assert.deepEqual(
    [attempt(nodeIp, ip), attempt(ip, ip), attempt("192.168.0.2", ip), attempt(ip, "10.0.0.2")],
    [true, true, false, false],
  );
});
