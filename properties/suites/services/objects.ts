import fc from "fast-check";
import type { Fields } from "../../../actors/api/types.ts";
import { nodeName } from "../../../scenarios/cluster/topology.ts";
import type { ModelDeed } from "../model/messages.ts";
import { nodeIpOf, nodeIpv6Of, podIpOn } from "./run.ts";

type Made = ModelDeed & { readonly op: "put" };
type Body = Made["object"];

const namespace = "default";
/** The Services of a run. */
export const serviceNames: readonly string[] = ["front", "inner", "back"];
/** The slices that each of them may have; only the last is of IPv6. */
export const sliceSuffixes: readonly string[] = ["a", "b", "six"];
const portNames = ["http", "https"];

/** A node of that number. */
export function nodeOf(index: number): Body {
  const addresses = [nodeIpOf(index), nodeIpv6Of(index)].map((address) => ({ type: "InternalIP", address }));
  const metadata = { name: nodeName(index), labels: { "kubernetes.io/hostname": nodeName(index) } };
  return { apiVersion: "v1", kind: "Node", metadata, spec: {}, status: { addresses } };
}

const policy = fc.constantFrom("Cluster", "Cluster", "Local");
const serviceParts = fc.record({
  type: fc.constantFrom("ClusterIP", "NodePort", "NodePort", "LoadBalancer", "None", "ExternalName"),
  // As if it had been made anew.
  life: fc.constantFrom(0, 0, 0, 1),
  isDual: fc.constantFrom(false, false, true),
  ports: fc.uniqueArray(fc.record({ name: fc.nat(1), port: fc.constantFrom(80, 443, 8080) }), {
    minLength: 1,
    maxLength: 2,
    selector: ({ name }) => name,
  }),
  nodePorts: fc.constantFrom(0, 0, 2),
  stickySeconds: fc.constantFrom(0, 0, 60, 10_800),
  internal: policy,
  external: policy,
  outside: fc.constantFrom(undefined, undefined, "198.51.100.7"),
  balancer: fc.constantFrom({ ip: "192.0.2", ipMode: "VIP" }, { ip: "192.0.2", ipMode: "Proxy" }, undefined),
});

/** A Service of that number as it may be at a time: whatever it was before. */
export function serviceOf(index: number): fc.Arbitrary<Body> {
  return serviceParts.map(({ type, life, isDual, nodePorts, stickySeconds, internal, external, ...parts }) => {
    const metadata = { name: serviceNames[index] ?? "", namespace };
    if (type === "ExternalName")
      return { apiVersion: "v1", kind: "Service", metadata, spec: { type, externalName: "example.com" }, status: {} };
    const ips = [`10.96.1.${10 * (index + 1) + life}`, ...(isDual ? [`fd00:10:96::${index + 1}${life}`] : [])];
    const onNodes = type === "NodePort" || type === "LoadBalancer";
    const ports = parts.ports.map(({ name, port }, at) => ({
      ...{ name: portNames[name] ?? "", protocol: "TCP", port: port + at, targetPort: 9_000 + name },
      ...(onNodes ? { nodePort: 30_000 + 10 * index + nodePorts + at } : {}),
    }));
    const { balancer, outside } = parts;
    const ingress = balancer ? [{ ...balancer, ip: `${balancer.ip}.${index + 1}` }] : [];
    const spec: Fields = {
      ...{ type: type === "None" ? "ClusterIP" : type, ports, internalTrafficPolicy: internal },
      ...(type === "None" ? { clusterIP: "None", clusterIPs: ["None"] } : { clusterIP: ips[0], clusterIPs: ips }),
      ...{ ipFamilies: isDual ? ["IPv4", "IPv6"] : ["IPv4"], selector: { app: metadata.name } },
      sessionAffinity: stickySeconds > 0 ? "ClientIP" : "None",
      ...(stickySeconds > 0 ? { sessionAffinityConfig: { clientIP: { timeoutSeconds: stickySeconds } } } : {}),
      ...(onNodes ? { externalTrafficPolicy: external } : {}),
      ...(onNodes && outside ? { externalIPs: [`${outside}${index}`] } : {}),
    };
    const status = type === "LoadBalancer" ? { loadBalancer: { ingress } } : {};
    return { apiVersion: "v1", kind: "Service", metadata, spec, status };
  });
}

const conditions = fc.constantFrom<Fields[]>(
  { ready: true, serving: true, terminating: false },
  { ready: true, serving: true, terminating: false },
  { ready: false, serving: false, terminating: false },
  { ready: false, serving: true, terminating: true },
  { ready: false, serving: false, terminating: true },
  {},
);

/** A slice of a Service as it may be at a time; now and then it is another's by its label. */
export function sliceOf(index: number, at: number): fc.Arbitrary<Body> {
  const endpoint = (last: number) =>
    fc
      .record({ node: fc.nat(1), conditions })
      .map(({ node, ...rest }) => ({ ...rest, addresses: [ipOf(at, node, last)], nodeName: nodeName(node) }));
  return fc
    .record({
      owner: fc.oneof({ weight: 7, arbitrary: fc.constant(index) }, { weight: 1, arbitrary: fc.nat(2) }),
      endpoints: fc.tuple(...[0, 1, 2].map((nth) => fc.option(endpoint(2 + 4 * index + 16 * at + nth), { nil: null }))),
      names: fc.constantFrom(portNames, portNames.slice(0, 1), portNames.slice(1)),
    })
    .map(({ owner, endpoints, names }) => {
      const labels = { "kubernetes.io/service-name": serviceNames[owner] ?? "" };
      return {
        ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" },
        metadata: { name: `${serviceNames[index]}-${sliceSuffixes[at]}`, namespace, labels },
        addressType: at === 2 ? "IPv6" : "IPv4",
        endpoints: endpoints.filter((each) => each !== null),
        ports: names.map((name) => ({ name, protocol: "TCP", port: 9_000 + portNames.indexOf(name) })),
      };
    });
}

function ipOf(at: number, node: number, last: number): string {
  return at === 2 ? `fd00:10:244:${node + 1}::${last.toString(16)}` : podIpOn(node, last);
}
