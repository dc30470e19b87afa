import { canonicalAddress, isIpv4, isIpv6 } from "../network/ip.ts";

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
