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
