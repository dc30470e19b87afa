import type { EndpointSlice, Service } from "../../../actors/api/types.ts";

/** A Service of a namespace, port `p80`; `spec` adds to it. */
export function serviceNamed(place: string, spec: object = {}, status: object = { loadBalancer: {} }): Service {
  const [namespace = "default", name = ""] = place.split("/");
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { clusterIP: "172.30.0.41", ports: [{ name: "p80", port: 80, protocol: "TCP" }], ...spec },
    status,
  } as unknown as Service;
}

/** An endpoint in short. */
export interface EndpointShort {
  readonly ip: string;
  readonly node?: string;
  /** Default `ready`: ready and serving. */
  readonly state?: "ready" | "unready" | "leaving" | "dying";
  readonly zones?: readonly string[];
  readonly nodes?: readonly string[];
}

const conditions = {
  ready: { ready: true, serving: true, terminating: false },
  unready: { ready: false, serving: false, terminating: false },
  leaving: { ready: false, serving: true, terminating: true },
  dying: { ready: false, serving: false, terminating: true },
};

/** A slice of a Service's endpoints. */
export function sliceOf(
  place: string,
  endpoints: readonly EndpointShort[],
  options: { name?: string; port?: number } = {},
) {
  const [namespace = "default", service = ""] = place.split("/");
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: options.name ?? `${service}-abcde`,
      namespace,
      labels: { "kubernetes.io/service-name": service },
    },
    addressType: endpoints.some(({ ip }) => ip.includes(":")) ? "IPv6" : "IPv4",
    ports: [{ name: "p80", port: options.port ?? 80, protocol: "TCP" }],
    endpoints: endpoints.map(({ ip, node, state = "ready", zones, nodes }) => ({
      addresses: [ip],
      conditions: conditions[state],
      ...(node === undefined ? {} : { nodeName: node }),
      hints: {
        ...(zones && { forZones: zones.map((name) => ({ name })) }),
        ...(nodes && { forNodes: nodes.map((name) => ({ name })) }),
      },
    })),
  } as unknown as EndpointSlice;
}
