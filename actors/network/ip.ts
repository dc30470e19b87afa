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

/** Whether a range such as `10.0.0.0/8` has an address; false when either is none. */
export function isInCidr(cidr: string, ip: string): boolean {
  const slash = cidr.indexOf("/");
  const base = ipv4Number(slash < 0 ? cidr : cidr.slice(0, slash));
  const bits = slash < 0 ? 32 : Number(cidr.slice(slash + 1));
  const size = 2 ** (32 - bits);
  return Math.floor(base / size) === Math.floor(ipv4Number(ip) / size);
}

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
