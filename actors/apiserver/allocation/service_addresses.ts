import type { Step } from "../../../runtime/mod.ts";
import { addressAt, type Cidr, cidrOf, cidrText, isUsable, parseServiceCidrs } from "../../api/cidr.ts";
import { invalid } from "../../api/field_error.ts";
import { groupVersionOf, type KindDefinition, storageKey } from "../../api/kind.ts";
import { ipAddress } from "../../api/kinds/ip_address.ts";
import { needsHealthPort } from "../../api/kinds/service.ts";
import { type ServiceCIDR, serviceCidr } from "../../api/kinds/service_cidr.ts";
import { addressLabels, addressManager, defaultRangeName, givesAddresses } from "../../api/service_ranges.ts";
import { internalError, invalidObject, type Status } from "../../api/status.ts";
import { formatTime } from "../../api/time.ts";
import type { Frozen, KubeObject, Service } from "../../api/types.ts";
import { familyOf, type IpFamily, ipNumber } from "../../kit/ip_number.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { canonicalAddress } from "../../network/ip.ts";
import { itemsUnder } from "../cache/resource_cache.ts";
import { type Call, type Draft, type Existing, groupKind } from "../requests/call.ts";
import { uuid } from "../requests/uid.ts";
import { cacheOf, type Server } from "../server.ts";
import type { Claim } from "../storage/guaranteed_update.ts";
import { encodeForStore, objectOf } from "../storage/item.ts";
import { keepsPreference, settleFamilies } from "./ip_families.ts";

/** What a write of a Service claims and releases, in the same transaction: so no address is ever given twice. */
export interface Addresses {
  readonly claim?: readonly Claim[];
  readonly release?: readonly Claim[];
}

/** From where Services are given addresses when nothing else is said. */
export const cidrDefault = "10.96.0.0/16";
/** The node ports that are given when nothing else is said. */
export const nodePortsDefault = { first: 30_000, last: 32_767 };
const picksMax = 64;

/** Who has an address has it in whatever way it is written. */
const addressKey = (ip: string) => storageKey(ipAddress, { name: canonicalAddress(ip) });
/** Below which it is stored who has a node port. */
export const portsPrefix = "/registry/nodeports/";
const portKey = (port: number) => `${portsPrefix}${port}`;

/** Nothing is claimed and nothing released. */
export const noAddresses: Choice = ok({});

type Choice = Result<Addresses, Status>;

/** Gives a new Service the addresses that it asks for or leaves open; `taken` are the claims that failed before. */
export function addressesOnCreate(
  server: Server,
  call: Call,
  step: Step,
  { draft, taken }: { readonly draft: Draft; readonly taken: readonly string[] },
): Choice {
  if (!isService(call.kind)) return noAddresses;
  const service = draft as Service;
  const wrong = assign(server, call, step, { service, taken, own: [], old: undefined });
  return wrong ? failed(wrong) : ok({ claim: claimsOf(service, step) });
}

/** Gives a changed Service the addresses that it now needs and takes those that it no longer does. */
export function addressesOnUpdate(
  server: Server,
  call: Call,
  step: Step,
  change: { readonly draft: Draft; readonly old: Existing; readonly current: { readonly taken: readonly string[] } },
): Choice {
  if (!isService(call.kind)) return noAddresses;
  const service = change.draft as Service;
  const old = change.old as Frozen<Service>;
  const before = claimsOf(old);
  const wrong = assign(server, call, step, { service, taken: change.current.taken, own: before, old });
  if (wrong) return failed(wrong);
  const after = claimsOf(service, step);
  const claim = after.filter(({ key }) => !before.some((each) => each.key === key));
  const release = before.filter(({ key }) => !after.some((each) => each.key === key));
  return ok({ claim, release });
}

/** Releases what a Service that is removed held. */
export function addressesOnDelete(kind: KindDefinition, object: Existing): Addresses {
  if (!isService(kind)) return {};
  const release = claimsOf(object as Frozen<Service>);
  return release.length > 0 ? { release } : {};
}

function isService(kind: KindDefinition): boolean {
  return kind.kind === "Service" && kind.group === "";
}

function needsClusterIp({ spec }: Frozen<Service>): boolean {
  return spec.type !== "ExternalName" && spec.clusterIP !== "None";
}

function needsNodePorts({ spec }: Frozen<Service>): boolean {
  if (spec.type === "NodePort") return true;
  return spec.type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false;
}

/** The addresses that a Service has, of one family or of both, in the one way in which they are told apart. */
function clusterIpsOf(service: Frozen<Service>): readonly string[] {
  if (!needsClusterIp(service)) return [];
  const { clusterIP = "", clusterIPs = [clusterIP] } = service.spec;
  return clusterIPs.filter((ip) => ip !== "").map(canonicalAddress);
}

/** What a Service holds; what is stored of an address and of a port matters only where it is claimed, in a step. */
function claimsOf(service: Frozen<Service>, step?: Step): Claim[] {
  const { namespace = "", name } = service.metadata;
  const parentRef = { group: "", resource: "services", namespace, name };
  const value = JSON.stringify(parentRef);
  const claims = clusterIpsOf(service).map((ip): Claim => {
    return { key: addressKey(ip), value: step === undefined ? value : addressText(ip, parentRef, step) };
  });
  for (const port of nodePortsOf(service)) claims.push(portClaim(port, service));
  return claims;
}

/** The node ports that a Service has. One number may serve TCP and UDP of the same Service. */
export function nodePortsOf({ spec: { ports = [], healthCheckNodePort = 0 } }: Frozen<Service>): ReadonlySet<number> {
  return new Set([...ports.map(({ nodePort = 0 }) => nodePort), healthCheckNodePort].filter((port) => port > 0));
}

/** What is stored of a node port that a Service has. */
export function portClaim(port: number, { metadata: { namespace = "", name } }: Frozen<Service>): Claim {
  const value = JSON.stringify({ group: "", resource: "services", namespace, name });
  return { key: portKey(port), value };
}

/** An address that is taken is an object of its own, which says who has it. */
function addressText(name: string, parentRef: object, step: Step): string {
  const labels = {
    [addressLabels.family]: familyOf(name),
    [addressLabels.managedBy]: addressManager,
  };
  const metadata = { name, uid: uuid(step), creationTimestamp: formatTime(step.nowMs), generation: 1, labels };
  const object = { apiVersion: groupVersionOf(ipAddress), kind: ipAddress.kind, metadata, spec: { parentRef } };
  return encodeForStore(object as KubeObject, "");
}

interface Assignment {
  readonly service: Service;
  readonly taken: readonly string[];
  /** What the Service holds already. */
  readonly own: readonly Claim[];
  /** What it was before; undefined: it is new. */
  readonly old: Frozen<Service> | undefined;
}

function assign(server: Server, call: Call, step: Step, assignment: Assignment): Status | undefined {
  const { service } = assignment;
  const { spec } = service;
  const ranges = rangesFor(server);
  const before = assignment.old?.spec.type === "ExternalName" ? undefined : assignment.old?.spec;
  const isKept = keepsPreference(spec, before);
  const errors = settleFamilies(service, { configured: familiesOf(server), old: assignment.old });
  if (errors.length > 0) return invalidObject(groupKind(call), service.metadata.name, errors);
  const wrong =
    needsClusterIp(service) && !isKept ? assignClusterIps({ call, ...assignment }, ranges, server, step) : undefined;
  if (wrong) return wrong;
  const unassigned = needsNodePorts(service) ? assignNodePorts(server, call, step, assignment) : undefined;
  return unassigned ?? (needsHealthPort(spec) ? assignHealthPort(server, { call, ...assignment }, step) : undefined);
}

/** An address of each of its families; those that it had it keeps. */
function assignClusterIps(
  assignment: Assignment & { readonly call: Call },
  ranges: readonly Cidr[],
  server: Server,
  step: Step,
): Status | undefined {
  const { call, service, taken, own } = assignment;
  const { spec } = service;
  const ips = [...(spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []))];
  const families = (spec.ipFamilies ?? []) as readonly IpFamily[];
  for (const [index, family] of families.entries()) {
    const asked = ips[index] ?? "";
    const ofFamily = ranges.filter((each) => each.family === family);
    if (asked !== "") {
      const isOwn = own.some(({ key }) => key === addressKey(asked));
      const why = isOwn ? undefined : whyNot(asked, ofFamily, taken);
      if (why === undefined) continue;
      const value = families.map((_each, at) => ips[at] ?? "");
      return invalidService(call, service, { field: "spec.clusterIPs", value, why });
    }
    const used = usedBy(server, call, clusterIpsOf);
    const isFree = (text: string) => !used.has(text) && !taken.includes(addressKey(text));
    const found = firstOf(ofFamily, (range) => freeIn(range, step, isFree));
    if (found === undefined) return internalError("failed to allocate a serviceIP: range is full");
    ips[index] = found;
  }
  const [first] = ips;
  if (first === undefined) return undefined;
  spec.clusterIP = first;
  spec.clusterIPs = ips;
  return undefined;
}

/** Why a Service may not have an address that it asks for. */
function whyNot(asked: string, ranges: readonly Cidr[], taken: readonly string[]): string | undefined {
  const address = ipNumber(canonicalAddress(asked));
  if (address === undefined) return "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
  if (!ranges.some((range) => isUsable(range, address))) {
    const valid = ranges.map(cidrText).join(",");
    return `failed to allocate IP ${asked}: the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${valid}`;
  }
  return taken.includes(addressKey(asked))
    ? `failed to allocate IP ${asked}: provided IP is already allocated`
    : undefined;
}

function firstOf<T, R>(all: Iterable<T>, find: (each: T) => R | undefined): R | undefined {
  for (const each of all) {
    const found = find(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Of so many places of a range one is chosen: more need not be counted through. */
const spanMax = 2 ** 20;

function freeIn(range: Cidr, step: Step, isFree: (address: string) => boolean): string | undefined {
  const size = Math.min(Number(range.size), spanMax);
  // As Kubernetes does, the low end of the range is left to those who ask for an address of their own.
  const reserved = Math.min(Math.max(16, Math.floor(size / 16)), 256);
  const low = size > 2 * reserved ? reserved : 2;
  if (size <= low + 1) return undefined;
  return pick(step, size - 1 - low, (offset) => {
    const text = addressAt(range, low + offset);
    return isFree(text) ? text : undefined;
  });
}

/** The ranges that the cluster began with. */
function firstRanges({ input }: Server): readonly Cidr[] {
  return parseServiceCidrs(input.serviceCidr ?? cidrDefault);
}

/** The families that Services may have, the one that they have by default first. */
function familiesOf(server: Server): readonly IpFamily[] {
  return firstRanges(server).map(({ family }) => family);
}

/** Where addresses are given from: the ranges that the cluster began with, and what other ServiceCIDRs are ready. */
function rangesFor(server: Server): readonly Cidr[] {
  const cache = cacheOf(server, serviceCidr as unknown as KindDefinition);
  const others = [...itemsUnder(cache, cache.prefix)]
    .map((item) => objectOf(item) as Frozen<ServiceCIDR>)
    .filter((range) => range.metadata.name !== defaultRangeName && givesAddresses(range))
    .flatMap(({ spec }) => (spec.cidrs ?? []).flatMap((text) => cidrOf(text) ?? []));
  return [...firstRanges(server), ...others];
}

function assignNodePorts(
  server: Server,
  call: Call,
  step: Step,
  { service, taken, own, old }: Assignment,
): Status | undefined {
  const { first, last } = server.input.nodePorts ?? nodePortsDefault;
  const used = usedPorts(server, call);
  const { ports = [] } = service.spec;
  // The ports of a new Service that have the same number, one for each protocol, have the same node port.
  if (!old) {
    for (const port of ports) {
      const alike = ports.find((each) => each.port === port.port && (each.nodePort ?? 0) > 0)?.nodePort;
      if (!port.nodePort && alike) port.nodePort = alike;
    }
  }
  for (const [index, port] of ports.entries()) {
    const asked = port.nodePort ?? 0;
    if (asked === 0) {
      const found = freePort(server, step, { used, taken });
      if (found === undefined) return internalError("failed to allocate a nodePort: range is full");
      port.nodePort = found;
      used.add(String(found));
      if (!old) for (const each of ports) if (each.port === port.port) each.nodePort ||= port.nodePort;
    } else if (!own.some(({ key }) => key === portKey(asked))) {
      const field = `spec.ports[${index}].nodePort`;
      const refuse = (why: string) => invalidService(call, service, { field, value: asked, why });
      if (asked < first || asked > last)
        return refuse(`provided port is not in the valid range. The range of valid ports is ${first}-${last}`);
      if (taken.includes(portKey(asked))) return refuse("provided port is already allocated");
    }
  }
  return undefined;
}

/** Gives a Service, whose balancer asks each node whether it has endpoints, the port at which it asks. */
function assignHealthPort(
  server: Server,
  { call, service: { spec }, taken, own }: Assignment & { readonly call: Call },
  step: Step,
): Status | undefined {
  const { first, last } = server.input.nodePorts ?? nodePortsDefault;
  const asked = spec.healthCheckNodePort ?? 0;
  if (asked === 0) {
    const used = usedPorts(server, call);
    for (const { nodePort = 0 } of spec.ports ?? []) used.add(String(nodePort));
    const found = freePort(server, step, { used, taken });
    if (found === undefined) return internalError("failed to allocate a HealthCheck NodePort 0: range is full");
    spec.healthCheckNodePort = found;
    return undefined;
  }
  if (own.some(({ key }) => key === portKey(asked))) return undefined;
  const refuse = (why: string) => internalError(`failed to allocate requested HealthCheck NodePort ${asked}: ${why}`);
  if (asked < first || asked > last)
    return refuse(`provided port is not in the valid range. The range of valid ports is ${first}-${last}`);
  return taken.includes(portKey(asked)) ? refuse("provided port is already allocated") : undefined;
}

interface Occupied {
  readonly used: ReadonlySet<string>;
  readonly taken: readonly string[];
}

function freePort(server: Server, step: Step, { used, taken }: Occupied): number | undefined {
  const { first, last } = server.input.nodePorts ?? nodePortsDefault;
  const found = pick(step, last - first + 1, (offset) => {
    const number = first + offset;
    return used.has(String(number)) || taken.includes(portKey(number)) ? undefined : String(number);
  });
  return found === undefined ? undefined : Number(found);
}

function usedPorts(server: Server, call: Call): Set<string> {
  return usedBy(server, call, (service) => [...nodePortsOf(service)].map(String));
}

/** A free one of `span` places: at random, then, when the range is crowded, the first. */
function pick(step: Step, span: number, free: (offset: number) => string | undefined): string | undefined {
  for (let tries = 0; tries < picksMax; tries++) {
    const found = free(step.int(span));
    if (found !== undefined) return found;
  }
  for (let offset = 0; offset < span; offset++) {
    const found = free(offset);
    if (found !== undefined) return found;
  }
  return undefined;
}

function usedBy(server: Server, call: Call, read: (service: Frozen<Service>) => readonly string[]): Set<string> {
  const cache = cacheOf(server, call.kind);
  const used = new Set<string>();
  for (const item of itemsUnder(cache, cache.prefix)) {
    for (const value of read(objectOf(item) as Frozen<Service>)) used.add(value);
  }
  return used;
}

interface WrongField {
  readonly field: string;
  readonly value: unknown;
  readonly why: string;
}

function invalidService(call: Call, service: Service, { field, value, why }: WrongField): Status {
  return invalidObject(groupKind(call), service.metadata.name, [invalid(field, value, why)]);
}
