import { groupsOf, textOfGroups } from "../kit/ip_number.ts";

/** The number of an IPv4 address; NaN when the text is none. */
export function ipv4Number(text: string): number {
  let number = 0;
  let count = 0;
  for (const part of text.split(".")) {
    const byte = /^\d{1,3}$/.test(part) ? Number(part) : 256;
    if (byte > 255) return Number.NaN;
    number = number * 256 + byte;
    count++;
  }
  return count === 4 ? number : Number.NaN;
}

/** Whether a range such as `10.0.0.0/8` or `fd00::/8` has an address; false when either is none, or of the other family. */
export function isInCidr(cidr: string, ip: string): boolean {
  const slash = cidr.indexOf("/");
  const base = slash < 0 ? cidr : cidr.slice(0, slash);
  if (base.includes(":") !== ip.includes(":")) return false;
  const bits = slash < 0 ? Number.POSITIVE_INFINITY : Number(cidr.slice(slash + 1));
  if (base.includes(":")) return isSameFrom(groupsOf(base), groupsOf(ip), bits);
  const size = 2 ** (32 - Math.min(32, bits));
  return Math.floor(ipv4Number(base) / size) === Math.floor(ipv4Number(ip) / size);
}

/** Whether one of some ranges, with commas between them, has an address. */
export function isInCidrs(cidrs: string, ip: string): boolean {
  if (!cidrs.includes(",")) return isInCidr(cidrs, ip);
  return cidrs.split(",").some((cidr) => isInCidr(cidr, ip));
}

/** Whether two addresses of IPv6 begin with the same bits. */
function isSameFrom(a: readonly number[] | undefined, b: readonly number[] | undefined, bits: number): boolean {
  if (!a || !b) return false;
  return a.every((group, at) => {
    const left = Math.min(16, Math.max(0, bits - 16 * at));
    return group >> (16 - left) === (b[at] ?? 0) >> (16 - left);
  });
}

/** Whether a text is an IPv4 address, written without leading zeros. */
export function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

/** Whether a text is an IPv6 address. */
export function isIpv6(text: string): boolean {
  return text.includes(":") && groupsOf(text) !== undefined;
}

/** One way of writing an address, so that two ways compare equal: RFC 5952 for IPv6, and no leading zeros, which mean nothing. */
export function canonicalAddress(ip: string): string {
  const groups = ip.includes(":") ? groupsOf(ip) : undefined;
  if (groups) return textOfGroups(groups);
  return /^0\d|\.0\d/.test(ip) && /^\d+(\.\d+){3}$/.test(ip) ? ip.replace(/\b0+(?=\d)/g, "") : ip;
}

/** The name under which the names of an address are asked for: of `in-addr.arpa` or `ip6.arpa`; undefined for what is none. */
export function reverseName(ip: string): string | undefined {
  if (isIpv4(ip)) return `${ip.split(".").reverse().join(".")}.in-addr.arpa`;
  const groups = ip.includes(":") ? groupsOf(ip) : undefined;
  const digits = groups?.map((group) => group.toString(16).padStart(4, "0")).join("");
  return digits && `${[...digits].reverse().join(".")}.ip6.arpa`;
}

/** An address in front of a port, and in URLs: one of IPv6 stands in brackets. */
export function bracketed(ip: string): string {
  return ip.includes(":") ? `[${ip}]` : ip;
}

/** An address and a port, as Go's `net.JoinHostPort` writes them. */
export function hostPort({ ip, port }: { readonly ip: string; readonly port: number }): string {
  return `${bracketed(ip)}:${port}`;
}
