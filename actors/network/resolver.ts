import type { DnsRecord, Rcode } from "../dns/messages.ts";
import { isEncodable, normalName } from "./domain_name.ts";
import { canonicalAddress, isIpv4, isIpv6 } from "./ip.ts";

/** What a pod's `/etc/resolv.conf` says. */
export interface ResolverConfig {
  readonly nameservers: readonly string[];
  /** Domains that are tried behind a name. */
  readonly search: readonly string[];
  /** A name with at least so many dots is tried as it is first. */
  readonly ndots: number;
}

/** Where a pod of policy `ClusterFirst` finds its names. */
export interface ClusterFirst {
  readonly namespace: string;
  /** Default `cluster.local`. */
  readonly clusterDomain?: string;
  /** Default 10.96.0.10. */
  readonly clusterIp?: string;
}

/** What the kubelet writes for pods of the policy `ClusterFirst`. */
export function clusterFirst({
  namespace,
  clusterDomain = "cluster.local",
  clusterIp = "10.96.0.10",
}: ClusterFirst): ResolverConfig {
  const search = [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  return { nameservers: [clusterIp], search, ndots: 5 };
}

/** The text of `/etc/resolv.conf`. */
export function resolvConf({ nameservers, search, ndots }: ResolverConfig): string {
  const servers = nameservers.map((each) => `nameserver ${each}\n`).join("");
  return `${search.length > 0 ? `search ${search.join(" ")}\n` : ""}${servers}options ndots:${ndots}\n`;
}

/** The full names that stand for a name, in the order in which a pod's C library tries them. */
export function candidates(name: string, { search, ndots }: ResolverConfig): readonly string[] {
  if (name.endsWith(".")) return [name.slice(0, -1)];
  const dots = name.split(".").length - 1;
  const below = search.map((domain) => `${name}.${domain}`);
  return [...new Set(dots >= ndots ? [name, ...below] : [...below, name])];
}

/** What is asked next: both at once, as C libraries do. */
export interface Lookup {
  readonly name: string;
  readonly types: readonly ("A" | "AAAA")[];
}

/** What the server said to both parts of a lookup, in the order of its types. */
export interface LookupAnswer {
  readonly rcode: Rcode;
  readonly answers: readonly DnsRecord[];
}

/**
 * How a resolution ended.
 *
 * - `EAI_NONAME`: no such name, or it has no addresses
 * - `EAI_AGAIN`: the server could not say
 */
export type Resolution =
  | { readonly ok: true; readonly name: string; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly code: "EAI_NONAME" | "EAI_AGAIN" };

/**
 * Resolves a name as a pod does, without doing the asking: it yields what to ask, is given the answers, and returns the
 * end. A failing server ends the search: with another answer it could have been the right name.
 *
 * @example
 * const steps = resolve("web", clusterFirst({ namespace: "default" }))
 * for (let next = steps.next(); !next.done; ) next = steps.next(ask(next.value))
 */
export function* resolve(name: string, config: ResolverConfig): Generator<Lookup, Resolution, readonly LookupAnswer[]> {
  if (isIpv4(name) || isIpv6(name)) return { ok: true, name, addresses: [canonicalAddress(name)] };
  if (!isEncodable(name.replace(/\.$/, ""))) return { ok: false, code: "EAI_NONAME" };
  let isUnsure = false;
  for (const candidate of candidates(name, config)) {
    if (!isEncodable(candidate)) continue;
    const given = yield { name: candidate, types: ["A", "AAAA"] };
    const addresses = given.flatMap(({ answers }) => addressesOf(candidate, answers));
    if (addresses.length > 0) return { ok: true, name: candidate, addresses };
    isUnsure ||= given.some(({ rcode }) => rcode !== "NOERROR" && rcode !== "NXDOMAIN" && rcode !== "REFUSED");
    if (isUnsure) break;
  }
  return { ok: false, code: isUnsure ? "EAI_AGAIN" : "EAI_NONAME" };
}

/**
 * The addresses of a name in the order in which they are tried, by whoever has these IPs: first those of its own
 * families, and of two families IPv4 before the private addresses of IPv6, as in the table of RFC 6724. Loopback is
 * everybody's, and whose addresses are not known may have both.
 */
export function inOrder(addresses: readonly string[], own: readonly string[]): readonly string[] {
  const has = (isOfFamily: (ip: string) => boolean) => own.length === 0 || own.some(isOfFamily);
  const rank = (ip: string) => {
    if (isIpv4(ip)) return has(isIpv4) || ip.startsWith("127.") ? 1 : 3;
    if (ip === "::1") return 2;
    if (!has(isIpv6)) return 3;
    return /^f[cd]/i.test(ip) ? 2 : 0;
  };
  const ranked = addresses.map((ip) => ({ ip, rank: rank(ip) })).sort((a, b) => a.rank - b.rank);
  const reachable = ranked.filter((each) => each.rank < 3);
  return (reachable.length > 0 ? reachable : ranked).map(({ ip }) => ip);
}

/** The addresses that a name has in an answer, aliases followed. */
function addressesOf(name: string, answers: readonly DnsRecord[]): readonly string[] {
  const names = new Set([normalName(name)]);
  const addresses: string[] = [];
  for (const record of answers) {
    if (!names.has(normalName(record.name))) continue;
    if (record.type === "CNAME") names.add(normalName(record.data));
    else if (record.type === "A" || record.type === "AAAA") addresses.push(record.data);
  }
  return addresses;
}
