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

/** An address of IPv4 as it is written today: kinds that are older take leading zeros, which mean nothing. */
export function plainAddress(text: string): string {
  return /^\d+(\.\d+){3}$/.test(text) ? text.replace(/\b0+(?=\d)/g, "") : text;
}

/** What is wrong with an IP address in a field of an older kind. */
export function oldIpErrors(text: string): string[] {
  return ipErrors(plainAddress(text));
}

/** What is to be told of such an address, as it will not be taken for ever. */
export function oldIpWarnings(at: string, text: string): string[] {
  const plain = plainAddress(text);
  if (plain === text || !isIpv4(plain)) return [];
  const will = "will be considered invalid in a future Kubernetes release";
  return [`${at}: non-standard IP address ${JSON.stringify(text)} ${will}: use ${JSON.stringify(plain)}`];
}

/** What is wrong with an address that is to be one of a family. */
export function ipErrorsOf(family: "IPv4" | "IPv6", text: string): string[] {
  const errors = ipErrors(text);
  if (errors.length > 0) return errors;
  return isIpv4(text) === (family === "IPv4") ? [] : [`must be an ${family} address`];
}

/** What an address is that means no single place of its own; undefined for a plain one. */
export function specialText(address: string): string | undefined {
  const lower = address.toLowerCase();
  if (address === "0.0.0.0" || lower === "::") return `may not be unspecified (${address})`;
  if (address.startsWith("127.") || lower === "::1") return "may not be in the loopback range (127.0.0.0/8, ::1/128)";
  if (address.startsWith("169.254.") || /^fe[89ab]/.test(lower)) {
    return "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
  }
  if (address.startsWith("224.0.0.") || lower.startsWith("ff02:")) {
    return "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)";
  }
  return undefined;
}

/** Whether of some addresses or ranges no two are of one family: one of each at most. */
export function isOneOfEach(texts: readonly string[]): boolean {
  const isSixth = texts.map((text) => text.includes(":"));
  return new Set(isSixth).size === isSixth.length;
}

/** What is wrong with a range of addresses. */
export function cidrErrors(text: string): string[] {
  const [address = "", bits = "", ...rest] = text.split("/");
  const most = isIpv4(address) ? 32 : isIpv6(address) ? 128 : -1;
  const isRange = rest.length === 0 && /^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= most;
  return isRange ? [] : ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"];
}
