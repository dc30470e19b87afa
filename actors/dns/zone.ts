import { type EndpointSlice, type Frozen, keyOf, type Namespace, type Pod, type Service } from "../api/types.ts";
import { canonicalAddress } from "../network/ip.ts";
import { dashedAddress } from "./names.ts";

/** A port that an SRV record can lead to. */
export interface ZonePort {
  readonly name: string;
  /** In lower case. */
  readonly protocol: string;
  readonly port: number;
}

/** One address behind a service. */
export interface ZoneEndpoint {
  readonly ip: string;
  /** What the endpoint is called below its service: the pod's hostname, or its address with dashes. */
  readonly name: string;
  readonly ports: readonly ZonePort[];
}

/** What the zone knows of a service. */
export interface ZoneService {
  readonly name: string;
  readonly namespace: string;
  /** Canonical addresses; empty for a headless service. */
  readonly clusterIps: readonly string[];
  readonly isHeadless: boolean;
  readonly externalName: string | undefined;
  readonly ports: readonly ZonePort[];
  /** Endpoints are told of whether they are ready or not. */
  readonly tellsUnready: boolean;
}

/** The ready endpoints of one service, by several keys. */
export interface ZoneEndpoints {
  readonly all: readonly ZoneEndpoint[];
  readonly byName: ReadonlyMap<string, readonly ZoneEndpoint[]>;
  readonly byIp: ReadonlyMap<string, readonly ZoneEndpoint[]>;
}

/**
 * All that names can be answered from, kept up to date object by object: a change costs what the object itself holds,
 * however large the zone. The order of endpoints inside a service is made when somebody first asks for it.
 */
export interface Zone {
  putService(service: Frozen<Service>): void;
  dropService(service: Frozen<Service>): void;
  putSlice(slice: Frozen<EndpointSlice>): void;
  dropSlice(slice: Frozen<EndpointSlice>): void;
  putNamespace(namespace: Frozen<Namespace>): void;
  dropNamespace(namespace: Frozen<Namespace>): void;
  putPod(pod: Frozen<Pod>): void;
  dropPod(pod: Frozen<Pod>): void;
  hasNamespace(name: string): boolean;
  /** Whether a living pod of that namespace has that address. */
  hasPod(namespace: string, ip: string): boolean;
  service(namespace: string, name: string): ZoneService | undefined;
  services(): Iterable<ZoneService>;
  endpoints(service: ZoneService): ZoneEndpoints;
  /** The service that has a cluster IP. */
  serviceAt(ip: string): ZoneService | undefined;
  /** The services that an address is a ready endpoint of. */
  servicesBehind(ip: string): readonly ZoneService[];
  /** Counts the changes: equal numbers, equal answers. */
  changes(): number;
}

/** What is known under a service's key; slices may come before their service. */
interface Entry {
  service: ZoneService | undefined;
  readonly slices: Map<string, Frozen<EndpointSlice>>;
  endpoints: ZoneEndpoints | undefined;
}

const serviceNameLabel = "kubernetes.io/service-name";
const noPort: ZonePort = { name: "", protocol: "", port: -1 };

/** Makes an empty zone. */
export function createZone(): Zone {
  const entries = new Map<string, Entry>();
  const namespaces = new Set<string>();
  const holders = new Map<string, Set<string>>();
  const behind = new Map<string, Map<string, string>>();
  const sliceOf = new Map<string, { readonly service: string; readonly ips: readonly string[] }>();
  const podIps = new Map<string, readonly string[]>();
  const podsAt = new Map<string, Set<string>>();
  let changes = 0;

  function entryOf(key: string): Entry {
    let entry = entries.get(key);
    if (!entry) {
      entry = { service: undefined, slices: new Map(), endpoints: undefined };
      entries.set(key, entry);
    }
    changes++;
    entry.endpoints = undefined;
    return entry;
  }

  function tidy(key: string) {
    const entry = entries.get(key);
    if (entry && !entry.service && entry.slices.size === 0) entries.delete(key);
  }

  function setService(key: string, service: ZoneService | undefined) {
    const entry = entryOf(key);
    for (const ip of entry.service?.clusterIps ?? []) removeFrom(holders, ip, key);
    entry.service = service;
    for (const ip of service?.clusterIps ?? []) addTo(holders, ip, key);
    tidy(key);
  }

  function forgetSlice(key: string) {
    const old = sliceOf.get(key);
    if (!old) return;
    sliceOf.delete(key);
    for (const ip of old.ips) {
      const slices = behind.get(ip);
      slices?.delete(key);
      if (slices?.size === 0) behind.delete(ip);
    }
    entryOf(old.service).slices.delete(key);
    tidy(old.service);
  }

  function forgetPod(key: string) {
    for (const at of podIps.get(key) ?? []) removeFrom(podsAt, at, key);
    podIps.delete(key);
  }

  return {
    putService: (service) => setService(keyOf(service), viewOf(service)),
    dropService: (service) => setService(keyOf(service), undefined),
    putSlice(slice) {
      const key = keyOf(slice);
      const service = slice.metadata.labels?.[serviceNameLabel];
      const old = sliceOf.get(key);
      if (old && old.service !== `${slice.metadata.namespace}/${service}`) forgetSlice(key);
      if (!service) return;
      const owner = `${slice.metadata.namespace}/${service}`;
      const ips = [...new Set((slice.endpoints ?? []).flatMap(({ addresses }) => addresses.map(canonicalAddress)))];
      for (const ip of old?.ips ?? []) if (!ips.includes(ip)) behind.get(ip)?.delete(key);
      for (const ip of ips) {
        const slices = behind.get(ip);
        if (slices) slices.set(key, owner);
        else behind.set(ip, new Map([[key, owner]]));
      }
      for (const ip of old?.ips ?? []) if (behind.get(ip)?.size === 0) behind.delete(ip);
      sliceOf.set(key, { service: owner, ips });
      entryOf(owner).slices.set(key, slice);
    },
    dropSlice: (slice) => forgetSlice(keyOf(slice)),
    putNamespace({ metadata }) {
      namespaces.add(metadata.name);
      changes++;
    },
    dropNamespace({ metadata }) {
      namespaces.delete(metadata.name);
      changes++;
    },
    putPod(pod) {
      const key = keyOf(pod);
      changes++;
      forgetPod(key);
      const { phase, podIP, podIPs = [] } = pod.status;
      // The address of a pod that is over belongs to the next one.
      if (phase === "Succeeded" || phase === "Failed") return;
      const ips = new Set([podIP, ...podIPs.map(({ ip }) => ip)].filter((ip) => ip !== undefined && ip !== ""));
      const places = [...ips].map((ip) => `${pod.metadata.namespace}/${canonicalAddress(ip as string)}`);
      if (places.length > 0) podIps.set(key, places);
      for (const at of places) addTo(podsAt, at, key);
    },
    dropPod(pod) {
      changes++;
      forgetPod(keyOf(pod));
    },
    hasNamespace: (name) => namespaces.has(name),
    hasPod: (namespace, ip) => podsAt.has(`${namespace}/${canonicalAddress(ip)}`),
    service: (namespace, name) => entries.get(`${namespace}/${name}`)?.service,
    *services() {
      for (const { service } of entries.values()) if (service) yield service;
    },
    endpoints({ namespace, name }) {
      const entry = entries.get(`${namespace}/${name}`);
      if (!entry?.service) return noEndpoints;
      entry.endpoints ??= endpointsOf(entry.service, [...entry.slices.values()]);
      return entry.endpoints;
    },
    serviceAt(ip) {
      for (const key of holders.get(canonicalAddress(ip)) ?? []) return entries.get(key)?.service;
      return undefined;
    },
    servicesBehind(ip) {
      const keys = new Set(behind.get(canonicalAddress(ip))?.values() ?? []);
      return [...keys].map((key) => entries.get(key)?.service).filter((service) => service !== undefined);
    },
    changes: () => changes,
  };
}

const noEndpoints: ZoneEndpoints = { all: [], byName: new Map(), byIp: new Map() };

function viewOf({ metadata, spec }: Frozen<Service>): ZoneService {
  const { name, namespace = "" } = metadata;
  const isExternal = spec.type === "ExternalName";
  const isHeadless = !isExternal && spec.clusterIP === "None";
  const given = spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? ""];
  const clusterIps = isExternal || isHeadless ? [] : given.filter((ip) => ip !== "").map(canonicalAddress);
  const ports = (spec.ports ?? []).map(({ name: port = "", protocol = "TCP", port: number }) => ({
    name: port.toLowerCase(),
    protocol: protocol.toLowerCase(),
    port: number,
  }));
  return {
    name,
    namespace,
    clusterIps,
    isHeadless,
    externalName: isExternal ? spec.externalName : undefined,
    ports: ports.length > 0 ? ports : [noPort],
    tellsUnready: spec.publishNotReadyAddresses === true,
  };
}

function endpointsOf({ tellsUnready }: ZoneService, slices: readonly Frozen<EndpointSlice>[]): ZoneEndpoints {
  const all: ZoneEndpoint[] = [];
  const byName = new Map<string, ZoneEndpoint[]>();
  const byIp = new Map<string, ZoneEndpoint[]>();
  for (const { endpoints = [], ports: given = [], addressType } of slices) {
    if (addressType === "FQDN") continue;
    const ports = given.map(({ name = "", protocol = "TCP", port = 0 }) => ({
      name: name.toLowerCase(),
      protocol: protocol.toLowerCase(),
      port,
    }));
    for (const { addresses, conditions, hostname } of endpoints) {
      // Who does not say is taken to be ready.
      if (conditions?.ready === false && !tellsUnready) continue;
      for (const address of addresses) {
        const ip = canonicalAddress(address);
        const name = hostname?.toLowerCase() || dashedAddress(ip);
        const endpoint = { ip, name, ports: ports.length > 0 ? ports : [noPort] };
        all.push(endpoint);
        append(byName, name, endpoint);
        append(byIp, ip, endpoint);
      }
    }
  }
  return { all, byName, byIp };
}

function append<T>(map: Map<string, T[]>, key: string, value: T) {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function addTo(map: Map<string, Set<string>>, key: string, value: string) {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}

function removeFrom(map: Map<string, Set<string>>, key: string, value: string) {
  const set = map.get(key);
  set?.delete(value);
  if (set?.size === 0) map.delete(key);
}
