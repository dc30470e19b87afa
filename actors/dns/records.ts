import { isEncodable, normalName } from "../network/domain_name.ts";
import { isIpv4, isIpv6 } from "../network/ip.ts";
import type { DnsQuestion, DnsRecord, DnsReply, Rcode, SoaData } from "./messages.ts";
import { addressOfDashed, addressOfReverse, type ClusterName, readClusterName, reverseZones, within } from "./names.ts";
import type { Zone, ZoneEndpoint, ZonePort } from "./zone.ts";

/** The version of the DNS schema that is served: Kubernetes DNS-Based Service Discovery. */
export const schemaVersion = "1.1.0";

/** What answers depend on beside the zone. */
export interface AnswerOptions {
  readonly clusterDomain: string;
  readonly ttlSeconds: number;
  readonly negativeTtlSeconds: number;
  readonly pods: "disabled" | "insecure" | "verified";
  /** The addresses of the cluster's name server, `ns.dns` below the cluster domain. */
  readonly nameServerIps: readonly string[];
  /** Of the SOA record: grows with the zone's changes. */
  readonly serial: number;
  /** What a name that is nobody's here gets when nobody else is asked. */
  readonly outside: "REFUSED" | "SERVFAIL";
  /** A random whole number below another: spreads clients over the addresses of a service. */
  readonly int: (below: number) => number;
}

/** An answer, and what another server could add to it. */
export interface Answered {
  readonly reply: DnsReply;
  /** Outside the cluster: if there is an upstream, ask it this and append what it says; else `reply` is all. */
  readonly outside?: DnsQuestion;
}

/** A place that a name leads to. */
interface Place {
  readonly ip: string;
  /** What the place itself is called: SRV records lead to names. */
  readonly target: string;
  readonly port: number;
}

/** What is behind a name: nothing at all, another name, or places (perhaps of another type than wanted). */
type Found =
  | { readonly kind: "none" }
  | { readonly kind: "alias"; readonly target: string }
  | { readonly kind: "places"; readonly places: readonly Place[] };

const nothing: Found = { kind: "none" };
const empty: Found = { kind: "places", places: [] };
const aliasesMax = 8;
const schemaTtlSeconds = 28_800;
const unported = -1;

/**
 * Answers one question from the zone, as the specification says and CoreDNS does where the specification leaves it open.
 *
 * @example
 * answerQuestion(zone, { name: "web.default.svc.cluster.local", type: "A" }, options).reply.answers
 */
export function answerQuestion(zone: Zone, question: DnsQuestion, options: AnswerOptions): Answered {
  if ((question.class ?? "IN") !== "IN") return { reply: refusal("REFUSED") };
  const name = normalName(question.name);
  const prefix = within(name, options.clusterDomain);
  if (prefix !== undefined) return answerCluster(zone, question, options, readClusterName(prefix));
  for (const reverseZone of [reverseZones[4], reverseZones[6]]) {
    if (within(name, reverseZone) !== undefined) return answerReverse(zone, question, options, reverseZone);
  }
  return { reply: refusal(options.outside), outside: question };
}

/** A reply that says only that there is none. */
export function refusal(rcode: Rcode): DnsReply {
  return { rcode, authoritative: false, answers: [], authorities: [], additionals: [] };
}

function answerCluster(zone: Zone, question: DnsQuestion, options: AnswerOptions, name: ClusterName): Answered {
  const { type } = question;
  const found = find(zone, name, options);
  const { clusterDomain, ttlSeconds: ttl } = options;
  if (found.kind === "none") return { reply: negative("NXDOMAIN", clusterDomain, options) };
  if (type === "A" || type === "AAAA") return answerAddress(zone, question, options, found);
  const record = { name: question.name, ttl };
  if (found.kind === "alias") {
    return type === "CNAME" ? positive([{ ...record, type, data: found.target }]) : noData(options);
  }
  if (type === "SRV") return answerService(found.places, question.name, options);
  if (type === "TXT" && name.kind === "dnsVersion")
    return positive([{ ...record, type, ttl: schemaTtlSeconds, data: [schemaVersion] }]);
  if (name.kind !== "apex") return noData(options);
  if (type === "SOA") return positive([{ ...record, type, data: soaData(clusterDomain, options) }]);
  if (type !== "NS") return noData(options);
  const data = `ns.dns.${clusterDomain}`;
  const glue = options.nameServerIps.map((ip) => addressRecord(data, ip, ttl));
  return positive([{ ...record, type, data }], glue);
}

/** Follows aliases as far as they lead inside the cluster; then another server has to go on. */
function answerAddress(zone: Zone, question: DnsQuestion, options: AnswerOptions, first: Found): Answered {
  const { type } = question;
  const { ttlSeconds: ttl, clusterDomain } = options;
  const aliases: DnsRecord[] = [];
  const seen = new Set([normalName(question.name)]);
  let [found, owner] = [first, question.name];
  while (found.kind === "alias") {
    const { target } = found;
    const key = normalName(target);
    if (seen.has(key) || aliases.length >= aliasesMax) return noData(options);
    seen.add(key);
    aliases.push({ name: owner, type: "CNAME", ttl, data: target });
    owner = target;
    const prefix = within(key, clusterDomain);
    if (prefix === undefined) return { ...positive(aliases), outside: { name: target, type } };
    found = find(zone, readClusterName(prefix), options);
  }
  const places = found.kind === "places" ? found.places : [];
  const isWanted = type === "A" ? isIpv4 : (ip: string) => !isIpv4(ip);
  const ips = [...new Set(places.map(({ ip }) => ip).filter(isWanted))];
  if (ips.length === 0) return noData(options);
  shuffle(ips, options.int);
  return positive([...aliases, ...ips.map((ip) => addressRecord(owner, ip, ttl))]);
}

/** One SRV record for each port of each place, all of one priority, and the addresses they lead to. */
function answerService(places: readonly Place[], name: string, options: AnswerOptions): Answered {
  const { ttlSeconds: ttl } = options;
  const weight = Math.max(1, Math.floor(100 / places.length));
  const answers = new Map<string, DnsRecord>();
  const additionals = new Map<string, DnsRecord>();
  for (const { ip, target, port } of places) {
    if (port === unported) continue;
    answers.set(`${target} ${port}`, { name, type: "SRV", ttl, data: { priority: 0, weight, port, target } });
    additionals.set(`${target} ${ip}`, addressRecord(target, ip, ttl));
  }
  return answers.size === 0 ? noData(options) : positive([...answers.values()], [...additionals.values()]);
}

/** The names of an address: of the service that has it as its cluster IP, else of all endpoints that it is. */
function answerReverse(zone: Zone, question: DnsQuestion, options: AnswerOptions, reverseZone: string): Answered {
  const ip = addressOfReverse(normalName(question.name));
  const names = ip === undefined ? [] : namesOf(zone, ip, options.clusterDomain);
  if (names.length === 0) return { reply: negative("NXDOMAIN", reverseZone, options), outside: question };
  if (question.type !== "PTR") return { reply: negative("NOERROR", reverseZone, options) };
  const { ttlSeconds: ttl } = options;
  return positive(names.map((data) => ({ name: question.name, type: "PTR", ttl, data })));
}

function namesOf(zone: Zone, ip: string, clusterDomain: string): readonly string[] {
  const holder = zone.serviceAt(ip);
  if (holder) return [`${holder.name}.${holder.namespace}.svc.${clusterDomain}`];
  const names = new Set<string>();
  for (const service of zone.servicesBehind(ip)) {
    for (const { name } of zone.endpoints(service).byIp.get(ip) ?? [])
      names.add(`${name}.${service.name}.${service.namespace}.svc.${clusterDomain}`);
  }
  return [...names];
}

function find(zone: Zone, name: ClusterName, options: AnswerOptions): Found {
  switch (name.kind) {
    case "none":
      return nothing;
    case "apex":
    case "folder":
    case "dnsVersion":
      return empty;
    case "nameServer":
      return { kind: "places", places: options.nameServerIps.map((ip) => ({ ip, target: "", port: unported })) };
    case "namespace":
      return zone.hasNamespace(name.namespace) ? empty : nothing;
    case "pod":
      return findPod(zone, name, options.pods);
    case "service":
      return findService(zone, name, options.clusterDomain);
  }
}

function findPod(zone: Zone, { namespace, pod }: ClusterName & { kind: "pod" }, mode: AnswerOptions["pods"]): Found {
  const ip = mode === "disabled" ? undefined : addressOfDashed(pod);
  if (ip === undefined) return nothing;
  const isThere = mode === "verified" ? zone.hasPod(namespace, ip) : zone.hasNamespace(namespace);
  return isThere ? { kind: "places", places: [{ ip, target: "", port: unported }] } : nothing;
}

function findService(zone: Zone, name: ClusterName & { kind: "service" }, clusterDomain: string): Found {
  const { namespace, service: wanted, endpoint, port, protocol } = name;
  const service = zone.service(namespace, wanted);
  if (!service) return nothing;
  const self = `${wanted}.${namespace}.svc.${clusterDomain}`;
  if (service.externalName !== undefined) {
    const target = service.externalName.replace(/\.$/, "");
    // An object's name may hold labels that are longer than a DNS name's.
    const isName = !isIpv4(target) && !isIpv6(target) && isEncodable(target);
    return isName && endpoint === undefined && port === undefined ? { kind: "alias", target } : nothing;
  }
  const isAsked = (each: ZonePort) =>
    (port === undefined || each.name === port) && (protocol === undefined || each.protocol === protocol);
  if (!service.isHeadless && endpoint === undefined) {
    const ports = service.ports.filter(isAsked);
    if (ports.length === 0) return nothing;
    const { clusterIps } = service;
    const places = ports.flatMap((each) => clusterIps.map((ip) => ({ ip, target: self, port: each.port })));
    return { kind: "places", places };
  }
  const endpoints = zone.endpoints(service);
  const named = endpoint === undefined ? endpoints.all : (endpoints.byName.get(endpoint) ?? []);
  const places = named.flatMap((each: ZoneEndpoint) =>
    each.ports.filter(isAsked).map((one) => ({ ip: each.ip, target: `${each.name}.${self}`, port: one.port })),
  );
  // A headless service without a ready endpoint does not exist, says the specification.
  return places.length === 0 ? nothing : { kind: "places", places };
}

function positive(answers: readonly DnsRecord[], additionals: readonly DnsRecord[] = []): Answered {
  return { reply: { rcode: "NOERROR", authoritative: true, answers, authorities: [], additionals } };
}

function noData(options: AnswerOptions): Answered {
  return { reply: negative("NOERROR", options.clusterDomain, options) };
}

/** The SOA record beside a "no" says how long it may be remembered (RFC 2308). */
function negative(rcode: "NOERROR" | "NXDOMAIN", zone: string, options: AnswerOptions): DnsReply {
  const soa: DnsRecord = { name: zone, type: "SOA", ttl: options.negativeTtlSeconds, data: soaData(zone, options) };
  return { rcode, authoritative: true, answers: [], authorities: [soa], additionals: [] };
}

function soaData(zone: string, { serial, negativeTtlSeconds }: AnswerOptions): SoaData {
  return {
    mname: `ns.dns.${zone}`,
    rname: `hostmaster.${zone}`,
    serial,
    refresh: 7_200,
    retry: 1_800,
    expire: 86_400,
    minimum: negativeTtlSeconds,
  };
}

function addressRecord(name: string, ip: string, ttl: number): DnsRecord {
  return { name, type: isIpv4(ip) ? "A" : "AAAA", ttl, data: ip };
}

function shuffle<T>(items: T[], int: (below: number) => number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = int(last + 1);
    [items[last], items[other]] = [items[other] as T, items[last] as T];
  }
}
