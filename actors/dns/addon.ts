import type { Step } from "../../runtime/mod.ts";
import { endpointSlice } from "../api/kinds/endpoint_slice.ts";
import { service } from "../api/kinds/service.ts";
import { type EndpointSlice, type Frozen, jsonEqual, type KubeObject, type Service } from "../api/types.ts";
import type { ApiClient } from "../client/api_client.ts";
import type { Informer } from "../client/informer.ts";
import type { Then } from "../client/outcome.ts";
import { familyOf } from "../kit/ip_number.ts";

/** The Service by which pods reach the cluster's DNS, whoever serves it. */
const dnsService = { namespace: "kube-system", name: "kube-dns" } as const;

/** What the add-on is made of. */
export interface AddonOptions {
  readonly client: ApiClient;
  readonly services: Informer<Service>;
  readonly slices: Informer<EndpointSlice>;
  /** The service IPs, of which pods are told the first. */
  readonly clusterIps: readonly string[];
  /** Where the server is behind them, one of each family. */
  readonly hostIps: readonly string[];
}

/** Keeps the Service `kube-dns` and its EndpointSlices: made when they are missing, put back when they are changed. */
export interface Addon {
  /** From now on. */
  start(step: Step): void;
  stop(step: Step): void;
}

const retryMs = 5_000;
const { namespace, name } = dnsService;
const key = `${namespace}/${name}`;
const labels = { "k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" };
const ports = [
  { name: "dns", protocol: "UDP", port: 53 },
  { name: "dns-tcp", protocol: "TCP", port: 53 },
];

/**
 * Makes the add-on. On other clusters an installer creates these objects; here the server itself does, so that they are
 * there whenever it is. The Service has no selector: no pod is behind it, and no controller touches its EndpointSlice.
 */
export function createAddon({ client, services, slices, clusterIps, hostIps }: AddonOptions): Addon {
  let isOn = false;
  let underWay = 0;
  let refusal = "";

  const ensure = (step: Step) => {
    if (!isOn || underWay > 0) return;
    const present = services.get(key);
    if (!present)
      write((then) => client.create(step, { kind: service, namespace, object: serviceObject(clusterIps) }, then));
    const families = clusterIps.map(familyOf);
    for (const [index, family] of families.entries()) {
      const hostIp = hostIps.find((ip) => familyOf(ip) === family);
      if (hostIp !== undefined) ensureSlice(sliceObject(hostIp, index), step);
    }
  };

  function ensureSlice(wanted: EndpointSlice, step: Step) {
    const slice = slices.get(`${namespace}/${wanted.metadata.name}`);
    if (!slice) write((then) => client.create(step, { kind: endpointSlice, namespace, object: wanted }, then));
    else if (!isAsWanted(slice, wanted)) {
      const { resourceVersion = "" } = slice.metadata;
      const object = { ...wanted, metadata: { ...wanted.metadata, resourceVersion } };
      write((then) => client.update(step, { kind: endpointSlice, namespace, object }, then));
    }
  }

  function write<T>(send: (then: Then<T>) => void) {
    underWay++;
    send((outcome, later) => {
      underWay--;
      // What is there already is as good; whether it is right shows when it is seen.
      if (outcome.ok || outcome.failure.reason === "AlreadyExists") return;
      if (outcome.failure.message !== refusal) later.log(`Cannot keep Service "${key}": ${outcome.failure.message}`);
      refusal = outcome.failure.message;
      client.timers.set(later, { name: "addon", delayMs: retryMs, body: ensure });
    });
  }

  const look = ({ object }: { readonly object: Frozen<KubeObject> }, step: Step) => {
    if (object.metadata.namespace === namespace && object.metadata.name?.startsWith(name)) ensure(step);
  };
  services.onChange(look);
  slices.onChange(look);

  return {
    start(step) {
      isOn = true;
      ensure(step);
    },
    stop(step) {
      isOn = false;
      client.timers.cancel(step, "addon");
    },
  };
}

function serviceObject(clusterIps: readonly string[]): Service {
  const [clusterIP = ""] = clusterIps;
  const both = { clusterIPs: [...clusterIps], ipFamilyPolicy: "PreferDualStack" };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, labels },
    spec: {
      type: "ClusterIP",
      clusterIP,
      ...(clusterIps.length > 1 ? both : {}),
      ports: ports.map((each) => ({ ...each, targetPort: 53 })),
    },
    status: {},
  };
}

/** The first is called as the Service is; the other one's name says of which family it is. */
function sliceObject(hostIp: string, index: number): EndpointSlice {
  const family = familyOf(hostIp);
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: index === 0 ? name : `${name}-${family.toLowerCase()}`,
      namespace,
      labels: {
        ...labels,
        "kubernetes.io/service-name": name,
        "endpointslice.kubernetes.io/managed-by": "dns.kubetroupe",
      },
    },
    addressType: family,
    endpoints: [{ addresses: [hostIp], conditions: { ready: true, serving: true, terminating: false } }],
    ports,
  };
}

function isAsWanted(slice: Frozen<EndpointSlice>, wanted: EndpointSlice): boolean {
  const owner = "kubernetes.io/service-name";
  return (
    slice.metadata.labels?.[owner] === wanted.metadata.labels?.[owner] &&
    jsonEqual(
      slice.endpoints?.map(({ addresses }) => addresses),
      wanted.endpoints.map(({ addresses }) => addresses),
    )
  );
}
