/** What a name below the cluster domain asks for. */
export type ClusterName =
  /** `cluster.local` itself, `svc.cluster.local`, `pod.cluster.local`: they exist, and have no addresses. */
  | { readonly kind: "apex" | "folder" }
  | { readonly kind: "dnsVersion" }
  | { readonly kind: "nameServer" }
  | { readonly kind: "namespace"; readonly namespace: string }
  | { readonly kind: "pod"; readonly namespace: string; readonly pod: string }
  | {
      readonly kind: "service";
      readonly namespace: string;
      readonly service: string;
      /** The name of one endpoint. */
      readonly endpoint?: string;
      /** Of a named port, without their underscores. */
      readonly port?: string;
      readonly protocol?: string;
    }
  | { readonly kind: "none" };

const none: ClusterName = { kind: "none" };

/** Lower case, without the last dot: names are compared without regard to case. */
export function normalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

/** The part of a normal name that is before a domain: empty for the domain itself, undefined when outside it. */
export function within(name: string, domain: string): string | undefined {
  if (name === domain) return "";
  return name.endsWith(domain) && name[name.length - domain.length - 1] === "."
    ? name.slice(0, -domain.length - 1)
    : undefined;
}

/** Reads what stands before the cluster domain, in normal form, by the labels' places as the specification has them. */
export function readClusterName(prefix: string): ClusterName {
  if (prefix === "") return { kind: "apex" };
  if (prefix === "dns-version") return { kind: "dnsVersion" };
  if (prefix === "ns.dns") return { kind: "nameServer" };
  const labels = prefix.split(".");
  const folder = labels.pop();
  if ((folder !== "svc" && folder !== "pod") || labels.includes("")) return none;
  const namespace = labels.pop();
  if (namespace === undefined) return { kind: "folder" };
  const name = labels.pop();
  if (name === undefined) return { kind: "namespace", namespace };
  if (folder === "pod") return labels.length === 0 ? { kind: "pod", namespace, pod: name } : none;
  const [first, second] = labels;
  const service = { kind: "service", namespace, service: name } as const;
  if (first === undefined) return service;
  if (second === undefined) return { ...service, endpoint: first };
  if (labels.length > 2) return none;
  return { ...service, port: withoutUnderscore(first), protocol: withoutUnderscore(second) };
}

function withoutUnderscore(label: string): string {
  return label.startsWith("_") ? label.slice(1) : label;
}

/** The name of an endpoint that has no hostname: its address with dashes. */
export function dashedAddress(ip: string): string {
  return ip.replaceAll(ip.includes(":") ? ":" : ".", "-");
}

/** The address that a dashed name stands for; undefined when it is none. */
export function addressOfDashed(name: string): string | undefined {
  if (/^\d+-\d+-\d+-\d+$/.test(name)) {
    const ip = name.replaceAll("-", ".");
    return isIpv4(ip) ? ip : undefined;
  }
  const ip = name.replaceAll("-", ":");
  return isIpv6(ip) ? ip : undefined;
}

/** The address that a name in `in-addr.arpa` or `ip6.arpa` stands for, in canonical form; undefined when it is none. */
export function addressOfReverse(name: string): string | undefined {
  const four = within(name, reverseZones[4]);
  if (four !== undefined) {
    const ip = four.split(".").reverse().join(".");
    return isIpv4(ip) ? ip : undefined;
  }
  const six = within(name, reverseZones[6]);
  if (six === undefined || !/^([0-9a-f]\.){31}[0-9a-f]$/.test(six)) return undefined;
  const digits = six.split(".").reverse().join("");
  return canonicalAddress((digits.match(/.{4}/g) ?? []).join(":"));
}

/** The zones of reverse names, by IP version. */
export const reverseZones = { 4: "in-addr.arpa", 6: "ip6.arpa" } as const;

/** Whether a text is an IPv4 address, written without leading zeros. */
export function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

/** Whether a text is an IPv6 address. */
export function isIpv6(text: string): boolean {
  return groupsOf(text) !== undefined;
}

/** One way of writing an address, so that two ways compare equal: RFC 5952 for IPv6. */
export function canonicalAddress(ip: string): string {
  const groups = ip.includes(":") ? groupsOf(ip.toLowerCase()) : undefined;
  if (!groups) return ip;
  let [start, length] = [-1, 1];
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && groups[end] === 0) end++;
    if (end - at > length) [start, length] = [at, end - at];
    at = Math.max(at, end - 1);
  }
  const text = groups.map((group) => group.toString(16));
  if (start < 0) return text.join(":");
  return `${text.slice(0, start).join(":")}::${text.slice(start + length).join(":")}`;
}

/** The eight groups of an IPv6 address; undefined when it is none. */
function groupsOf(text: string): readonly number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const sides = halves.map((half) => (half === "" ? [] : half.split(":")));
  const [head = [], tail = []] = sides;
  if (![...head, ...tail].every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const zeros = Array.from({ length: missing }, () => "0");
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}

/** Whether a name fits the protocol: labels of 1 to 63 characters, 253 in all. */
export function isEncodable(name: string): boolean {
  return name.length <= 253 && name.split(".").every((label) => label.length > 0 && label.length <= 63);
}
