/**
 * The rules for IP addresses.
 */

const octet = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4 = new RegExp(`^${octet}(\\.${octet}){3}$`);

/** Whether a text is an IPv4 address. */
export function isIpv4(text: string): boolean {
  return ipv4.test(text);
}

/** Whether a text is an IPv6 address. */
export function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1) ?? "";
  const mapped = last.includes(".");
  if (mapped && !isIpv4(last)) return false;
  const plain = mapped ? groups.slice(0, -1) : groups;
  const count = plain.length + (mapped ? 2 : 0);
  return plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) && (halves.length === 2 ? count < 8 : count === 8);
}

/** An address as its bytes: 4 or 16 of them. */
export type Address = readonly number[];

/** The address that a text writes, as leniently as Go once read them: an octet may begin with zeros. */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(":")) return octets(text);
  const last = text.slice(text.lastIndexOf(":") + 1);
  const embedded = last.includes(".") ? octets(last) : undefined;
  if (last.includes(".") && embedded === undefined) return undefined;
  const head = embedded === undefined ? text : `${text.slice(0, -last.length)}${pairsOf(embedded)}`;
  if (!isIpv6(head)) return undefined;
  const [before = [], after] = head.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const zeros = after === undefined ? [] : Array<string>(8 - before.length - after.length).fill("0");
  return [...before, ...zeros, ...(after ?? [])].flatMap((group) => {
    const number = Number.parseInt(group, 16);
    return [number >> 8, number & 0xff];
  });
}

function octets(text: string): number[] | undefined {
  const parts = text.split(".");
  const isGood = parts.length === 4 && parts.every((part) => /^0*\d{1,3}$/.test(part) && Number(part) < 256);
  return isGood ? parts.map(Number) : undefined;
}

function pairsOf([a = 0, b = 0, c = 0, d = 0]: Address): string {
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** Whether an IPv6 address stands for one of IPv4. */
export function isMapped(address: Address): boolean {
  if (address.length !== 16) return false;
  return address.slice(0, 10).every((byte) => byte === 0) && address[10] === 0xff && address[11] === 0xff;
}

/** The one way of writing an address: RFC 5952 for IPv6, and what stands for an IPv4 address as that. */
export function formatAddress(address: Address): string {
  if (address.length === 4) return address.join(".");
  if (isMapped(address)) return address.slice(12).join(".");
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push((address[at] ?? 0) * 256 + (address[at + 1] ?? 0));
  let [start, length] = [0, 1];
  for (let at = 0; at < 8; at++) {
    const end = groups.findIndex((group, index) => index >= at && group !== 0);
    const zeros = (end < 0 ? 8 : end) - at;
    if (zeros > length) [start, length] = [at, zeros];
  }
  const text = (some: readonly number[]) => some.map((group) => group.toString(16)).join(":");
  // One zero alone is written out.
  return length === 1 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

/** What is wrong with an address in a field that has always taken leading zeros: they are warned of. */
export function lenientIpErrors(text: string): string[] {
  return parseAddress(text) === undefined ? ipErrors(text) : [];
}

/** What is wrong with an IP address. */
export function ipErrors(text: string): string[] {
  return isIpv4(text) || isIpv6(text) ? [] : ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"];
}

/** What is wrong with a range of addresses. */
export function cidrErrors(text: string): string[] {
  const [address = "", bits = "", ...rest] = text.split("/");
  const most = isIpv4(address) ? 32 : isIpv6(address) ? 128 : -1;
  const isRange = rest.length === 0 && /^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= most;
  return isRange ? [] : ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"];
}
