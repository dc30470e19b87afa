import { endpointSlice as endpointSliceKind } from "../../api/kinds/endpoint_slice.ts";
import { endpoints as endpointsKind } from "../../api/kinds/endpoints.ts";
import { service } from "../../api/kinds/service.ts";
import {
  type Endpoint,
  type EndpointAddress,
  type EndpointPort,
  type EndpointSlice,
  type EndpointSubset,
  type Endpoints,
  type Frozen,
  keyOf,
  type Service,
} from "../../api/types.ts";
import { familyOf, type IpFamily } from "../../kit/ip_number.ts";
import { present } from "../../kit/present.ts";
import { portsKey } from "../endpoints/ports.ts";
import {
  endpointId,
  type Group,
  managedByLabel,
  type Packing,
  packByFamily,
  serviceNameLabel,
} from "../endpoints/slice_packing.ts";
import { triggerAnnotation } from "../endpoints/trigger_times.ts";
import { createWrittenVersions, type WrittenVersions } from "../endpoints/written_versions.ts";
import { defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";

const manager = "endpointslicemirroring-controller.k8s.io";
/** The label by which an Endpoints object asks not to be mirrored. */
const skipMirrorLabel = "endpointslice.kubernetes.io/skip-mirror";
const leaderAnnotation = "control-plane.alpha.kubernetes.io/leader";
const appliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";
/** More addresses of one subset than this are not mirrored. */
const addressesPerSubsetMax = 1_000;

interface Desired {
  /** Undefined when nothing is to be mirrored, and what was mirrored is to go. */
  readonly source: Frozen<Endpoints> | undefined;
}

interface Observed {
  readonly existing: readonly Frozen<EndpointSlice>[];
  isTaken(name: string): boolean;
}

/** Mirrors Endpoints that people keep by hand, for Services without a selector, to EndpointSlices. */
export const endpointSliceMirroring = defineLoop<Desired, Observed, Packing & Observed, WrittenVersions>({
  name: "endpoint-slice-mirroring",
  component: "endpoint-slice-mirroring-controller",
  account: "endpointslicemirroring-controller",
  watches: [
    watch<Endpoints>({ kind: endpointsKind, keys: ({ object }) => [keyOf(object)] }),
    watch<Service>({ kind: service, keys: ({ object }) => [keyOf(object)] }),
    watch<EndpointSlice>({
      kind: endpointSliceKind,
      indexes: { source: (slice) => sourcesOf(slice) },
      keys: ({ object, previous }) => [...sourcesOf(object), ...(previous ? sourcesOf(previous) : [])],
      expectedBy: (slice) => sourcesOf(slice)[0],
    }),
  ],
  begin: createWrittenVersions,

  obtain(key, listers) {
    const source = listers.of(endpointsKind).get(key);
    const owner = listers.of(service).get(key);
    const isMirrored = source && owner && !isSelecting(owner) && mayMirror(source);
    if (isMirrored) return { source };
    return listers.of(endpointSliceKind).by("source", key).length > 0 ? { source: undefined } : undefined;
  },

  observe(_desired, listers, { key }) {
    const slices = listers.of(endpointSliceKind);
    const namespace = key.slice(0, key.indexOf("/"));
    return { existing: slices.by("source", key), isTaken: (name) => slices.has(`${namespace}/${name}`) };
  },

  difference({ source }, observed) {
    const { existing, isTaken } = observed;
    if (!source) return { ...observed, create: [], update: [], remove: existing };
    const { name } = source.metadata;
    const packing = packByFamily(familiesIn(source), existing, (family, own) => ({
      owner: source,
      baseName: name,
      addressType: family,
      labels: { ...source.metadata.labels, [serviceNameLabel]: name, [managedByLabel]: manager },
      annotations: (before) => annotationsOf(source, before),
      groups: groupsOf(source, family),
      existing: own,
      isTaken,
      keepsPlaceholder: false,
      endpointsMax: addressesPerSubsetMax,
    }));
    return { ...observed, ...packing };
  },

  reconcile({ existing, create, update, remove }, { memory, uptimeMs, expectationsMet }): Plan {
    if (!expectationsMet) return nothingToDo;
    for (const each of existing) {
      const staleMs = memory.staleForMs(each, uptimeMs);
      if (staleMs !== undefined) return { actions: [], againAfterMs: staleMs };
    }
    for (const each of update) memory.wrote(each, uptimeMs);
    const kind = endpointSliceKind;
    return {
      actions: [
        ...create.map((object): Action => {
          return { op: "create", kind, object, expected: true, accept: ["Forbidden", "NotFound"] };
        }),
        ...update.map((object): Action => ({ op: "update", kind, object })),
        ...remove.map(({ metadata: { namespace, name, uid = "" } }): Action => {
          return { op: "delete", kind, namespace, name, uid, expected: true };
        }),
      ],
      onFailure({ action }) {
        memory.unwritten(action);
        return [];
      },
      onUnsent: memory.unwritten,
    };
  },
});

function sourcesOf({ metadata }: Frozen<EndpointSlice>): readonly string[] {
  const { [serviceNameLabel]: name = "", [managedByLabel]: by } = metadata.labels ?? {};
  return by === manager && name !== "" ? [`${metadata.namespace}/${name}`] : [];
}

function isSelecting({ spec }: Frozen<Service>): boolean {
  return spec.selector !== undefined && Object.keys(spec.selector).length > 0;
}

function mayMirror({ metadata }: Frozen<Endpoints>): boolean {
  return metadata.labels?.[skipMirrorLabel] !== "true" && metadata.annotations?.[leaderAnnotation] === undefined;
}

/** What people wrote on the Endpoints, but for what is about that very object. */
function annotationsOf(
  { metadata }: Frozen<Endpoints>,
  before: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const { [appliedAnnotation]: _applied, [triggerAnnotation]: _trigger, ...rest } = metadata.annotations ?? {};
  const trigger = metadata.annotations?.[triggerAnnotation] ?? before?.[triggerAnnotation];
  return trigger === undefined ? rest : { ...rest, [triggerAnnotation]: trigger };
}

/** The families of the addresses that there are: each has slices of its own. */
function familiesIn({ subsets = [] }: Frozen<Endpoints>): readonly IpFamily[] {
  const all = subsets.flatMap(({ addresses = [], notReadyAddresses = [] }) => [...addresses, ...notReadyAddresses]);
  return [...new Set(all.map(({ ip }) => familyOf(ip)))].sort();
}

function groupsOf({ subsets = [] }: Frozen<Endpoints>, family: IpFamily): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    const isOfFamily = ({ ip }: Frozen<EndpointAddress>) => familyOf(ip) === family;
    const [ready, notReady] = [addresses.filter(isOfFamily), notReadyAddresses.filter(isOfFamily)];
    if (ready.length + notReady.length === 0) continue;
    const mirrored = ports.map(portOf);
    const key = portsKey(mirrored);
    let group = groups.get(key);
    if (!group) {
      group = { ports: mirrored, endpoints: new Map() };
      groups.set(key, group);
    }
    const all = [...ready.map((each) => mirror(each, true)), ...notReady.map((each) => mirror(each, false))];
    for (const each of all.slice(0, addressesPerSubsetMax)) group.endpoints.set(endpointId(each), each);
  }
  return groups;
}

function portOf(port: Frozen<NonNullable<EndpointSubset["ports"]>[number]>): EndpointPort {
  const { name = "", protocol = "TCP", appProtocol } = port;
  return { name, port: port.port, protocol, ...present({ appProtocol }) };
}

function mirror({ ip, hostname, nodeName, targetRef }: Frozen<EndpointAddress>, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(targetRef && { targetRef: { ...targetRef } }),
  };
}
