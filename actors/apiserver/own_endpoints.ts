import type { Step } from "../../runtime/mod.ts";
import { type KindDefinition, storageKey } from "../api/kind.ts";
import { endpointSliceRules as endpointSlice } from "../api/kinds/endpoint_slice.ts";
import { endpointsRules as endpoints } from "../api/kinds/endpoints.ts";
import type { EndpointSlice, Endpoints, Frozen, KubeObject } from "../api/types.ts";
import { familyOf } from "../kit/ip_number.ts";
import { askItself } from "./requests/own_request.ts";
import { cacheOf, type Server } from "./server.ts";
import { objectOf } from "./storage/item.ts";

const name = "kubernetes";
const namespace = "default";
const portName = "https";

/**
 * Sees to it that the service of the API leads to this server, too: its address is added to the Endpoints and the
 * EndpointSlice of `kubernetes`, which no controller keeps. Servers that are away keep their address there, as with
 * Kubernetes' reconciler for a known number of servers: whoever is sent to one tries another.
 */
export function keepOwnEndpoints(server: Server, step: Step, failed: (step: Step) => void): void {
  const { advertise } = server.input;
  if (!advertise) return;
  const { ip, port } = advertise;
  const ports = [{ name: portName, port, protocol: "TCP" }];
  const listed = found<Endpoints>(server, endpoints);
  const all = (listed?.subsets ?? []).flatMap(({ addresses = [] }) => addresses.map((each) => each.ip));
  if (!all.includes(ip)) {
    const labels = { "endpointslice.kubernetes.io/skip-mirror": "true" };
    const subsets = [{ addresses: [...all, ip].sort().map((each) => ({ ip: each })), ports }];
    const object = { apiVersion: "v1", kind: "Endpoints", metadata: metadataOf(listed, labels), subsets };
    write(server, step, { kind: endpoints, object, isNew: !listed, failed });
  }
  const slice = found<EndpointSlice>(server, endpointSlice);
  const told = (slice?.endpoints ?? []).flatMap(({ addresses }) => addresses);
  if (!told.includes(ip)) {
    const labels = { "kubernetes.io/service-name": name };
    const object = {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: metadataOf(slice, labels),
      addressType: familyOf(ip),
      endpoints: [...told, ip].sort().map((each) => ({ addresses: [each], conditions: { ready: true } })),
      ports,
    };
    write(server, step, { kind: endpointSlice, object, isNew: !slice, failed });
  }
}

function metadataOf(before: Frozen<KubeObject> | undefined, labels: Readonly<Record<string, string>>): object {
  // With its resource version: of two servers that add themselves at once, the second has to look again.
  return { ...(before?.metadata ?? { name, namespace }), labels };
}

function found<T extends KubeObject>(server: Server, kind: KindDefinition<T>): Frozen<T> | undefined {
  // A kind is looked up by what all kinds have.
  const any = kind as unknown as KindDefinition;
  const item = cacheOf(server, any).items.get(storageKey(any, { namespace, name }));
  return item && (objectOf(item) as Frozen<T>);
}

interface Write {
  readonly kind: Pick<KindDefinition, "group" | "version" | "plural">;
  readonly object: object;
  readonly isNew: boolean;
  readonly failed: (step: Step) => void;
}

function write(server: Server, step: Step, { kind, object, isNew, failed }: Write): void {
  const request = {
    verb: isNew ? ("create" as const) : ("update" as const),
    group: kind.group,
    version: kind.version,
    resource: kind.plural,
    namespace,
    ...(isNew ? {} : { name }),
    body: JSON.stringify(object),
  };
  askItself(server, { request, respond: (later, { code }) => (code < 300 ? undefined : failed(later)) }, step);
}
