import {
  deepFreeze,
  type EndpointSlice,
  type Frozen,
  type Namespace,
  type Pod,
  type Service,
} from "../../../actors/api/types.ts";

/** What a test says of a Service; the rest is as a server would have it. */
export interface ServiceShape {
  readonly namespace?: string;
  readonly name: string;
  /** `None` for a headless one. */
  readonly clusterIPs?: readonly string[];
  readonly externalName?: string;
  readonly ports?: readonly { readonly name?: string; readonly protocol?: string; readonly port: number }[];
  readonly publishNotReadyAddresses?: boolean;
}

/** Makes a Service as an API server would send it. */
export function serviceOf(shape: ServiceShape): Frozen<Service> {
  const { namespace = "default", name, clusterIPs = [], externalName, ports = [], publishNotReadyAddresses } = shape;
  const addresses = clusterIPs.length > 0 ? { clusterIP: clusterIPs[0], clusterIPs } : {};
  return deepFreeze({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, uid: `${namespace}/${name}` },
    spec: {
      type: externalName === undefined ? "ClusterIP" : "ExternalName",
      ...(externalName === undefined ? {} : { externalName }),
      ...addresses,
      ports,
      ...(publishNotReadyAddresses === undefined ? {} : { publishNotReadyAddresses }),
    },
    status: {},
  } as unknown as Service);
}

/** What a test says of an EndpointSlice. */
export interface SliceShape {
  readonly namespace?: string;
  readonly name: string;
  readonly service: string;
  readonly endpoints: readonly { readonly ip: string; readonly hostname?: string; readonly ready?: boolean }[];
  readonly ports?: readonly { readonly name?: string; readonly protocol?: string; readonly port: number }[];
}

/** Makes an EndpointSlice as a controller would write it. */
export function sliceOf({
  namespace = "default",
  name,
  service,
  endpoints,
  ports = [],
}: SliceShape): Frozen<EndpointSlice> {
  return deepFreeze({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name, namespace, uid: `${namespace}/${name}`, labels: { "kubernetes.io/service-name": service } },
    addressType: endpoints.some(({ ip }) => ip.includes(":")) ? "IPv6" : "IPv4",
    endpoints: endpoints.map(({ ip, hostname, ready }) => ({
      addresses: [ip],
      ...(hostname === undefined ? {} : { hostname }),
      ...(ready === undefined ? {} : { conditions: { ready } }),
    })),
    ports,
  } as unknown as EndpointSlice);
}

/** Makes a Namespace. */
export function namespaceOf(name: string): Frozen<Namespace> {
  return deepFreeze({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, uid: name },
    spec: {},
    status: {},
  } as Namespace);
}

/** Makes a Pod that has an address. */
export function podOf({ namespace = "default", name, ip, phase = "Running" }: Record<string, string>): Frozen<Pod> {
  const object = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, uid: name },
    spec: {},
    status: { phase, podIP: ip },
  };
  return deepFreeze(object as unknown as Pod);
}
