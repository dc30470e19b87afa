import fc from "fast-check";
import type { Fields } from "../../../actors/api/types.ts";
import { nodeName } from "../../../scenarios/cluster/topology.ts";
import type { ModelDeed } from "../model/messages.ts";
import { podIpOn } from "./run.ts";

const spaces = ["default", "other"] as const;
const [podsMax, policiesMax] = [4, 3];

/** What pods are told apart by. */
export const colour: fc.Arbitrary<Readonly<Record<string, string>>> = fc.constantFrom({ app: "red" }, { app: "blue" });
const podSelector = fc.oneof(
  fc.constant({}),
  colour.map((matchLabels) => ({ matchLabels })),
);
const namespaceSelector = fc.constantFrom({}, { matchLabels: { team: "a" } }, { matchLabels: { team: "b" } });
const ipBlock = fc.constantFrom(
  { cidr: "10.244.0.0/16", except: ["10.244.1.0/24"] },
  { cidr: "0.0.0.0/0" },
  { cidr: "203.0.113.0/24" },
);
const peer = fc.oneof(
  podSelector.map((each) => ({ podSelector: each })),
  namespaceSelector.map((each) => ({ namespaceSelector: each })),
  fc.record({ podSelector, namespaceSelector }),
  ipBlock.map((each) => ({ ipBlock: each })),
);
const port = fc.constantFrom({ port: 9_000 }, { port: "web" }, { port: 9_000, endPort: 9_001 }, { protocol: "UDP" });
const rule = fc.record({ peers: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) });

/** What a policy says. */
export const policySpec: fc.Arbitrary<Fields> = fc
  .record({
    podSelector,
    types: fc.constantFrom<(readonly string[])[]>(["Ingress"], ["Ingress"], ["Egress"], ["Ingress", "Egress"]),
    ingress: fc.array(rule, { maxLength: 2 }),
    egress: fc.array(rule, { maxLength: 2 }),
  })
  .map(({ podSelector: selector, types, ingress, egress }): Fields => {
    const of = (peers: string, all: typeof ingress) =>
      all.map((each) => ({
        ...(each.peers.length > 0 ? { [peers]: each.peers } : {}),
        ...(each.ports.length > 0 ? { ports: each.ports.map((one) => ({ protocol: "TCP", ...one })) } : {}),
      }));
    return {
      ...{ podSelector: selector, policyTypes: types },
      ...(types.includes("Ingress") ? { ingress: of("from", ingress) } : {}),
      ...(types.includes("Egress") ? { egress: of("to", egress) } : {}),
    };
  });

/** A pod has its place and address for good, and other labels, or its end, later. */
function podOf(index: number, { labels, phase }: { readonly labels: Fields; readonly phase: string }) {
  const containers = [{ name: "main", image: "app:1", ports: [{ name: "web", containerPort: 9_000 + (index % 2) }] }];
  const ip = podIpOn(index % 2, 200 + index);
  return {
    ...{ apiVersion: "v1", kind: "Pod" },
    metadata: { name: `pod-${index}`, namespace: spaceOf(index), labels },
    ...{ spec: { nodeName: nodeName(index % 2), containers }, status: { phase, podIP: ip, podIPs: [{ ip }] } },
  };
}

const spaceOf = (index: number) => (index < 3 ? spaces[0] : spaces[1]);

/** What becomes of pods, namespaces and policies at a time. */
export function policyDeed(workMsMax: number): fc.Arbitrary<ModelDeed> {
  return fc
    .record({
      atMs: fc.oneof(fc.nat(1_500), fc.nat(workMsMax)),
      what: fc.constantFrom("pod", "pod", "pod", "noPod", "policy", "policy", "noPolicy", "namespace"),
      pod: fc.nat(podsMax - 1),
      nth: fc.nat(policiesMax - 1),
      labels: colour,
      phase: fc.constantFrom("Running", "Running", "Running", "Succeeded"),
      spec: policySpec,
      space: fc.constantFrom(...spaces),
      team: fc.constantFrom("a", "b"),
    })
    .map(({ atMs, what, pod, nth, labels, phase, spec, space, team }): ModelDeed => {
      const ofPolicy = { name: `policy-${nth}`, namespace: nth < 2 ? spaces[0] : spaces[1] };
      switch (what) {
        case "pod":
          return { op: "put", atMs, resource: "pods", object: podOf(pod, { labels, phase }) };
        case "noPod":
          return { op: "remove", atMs, resource: "pods", namespace: spaceOf(pod), name: `pod-${pod}` };
        case "noPolicy":
          return { op: "remove", atMs, resource: "networkpolicies", ...ofPolicy };
        case "namespace": {
          const metadata = { name: space, labels: { team } };
          return { op: "put", atMs, resource: "namespaces", object: { apiVersion: "v1", kind: "Namespace", metadata } };
        }
        default: {
          const object = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: ofPolicy, spec };
          return { op: "put", atMs, resource: "networkpolicies", object };
        }
      }
    });
}
