/**
 * What a server warns of in addresses that are valid but oddly written: with leading zeros, which some take for octal
 * numbers, as an IPv4 address in IPv6, or with more of an IPv6 address than needs be said. Rules and words are those of
 * apimachinery's util/validation/ip.go.
 */
import { type Address, formatAddress, isIpv4, isMapped, parseAddress } from "../validation/addresses.ts";

/** The warnings of an address; of what is none there are none. */
export function addressWarnings(text: string, at: string): string[] {
  const address = parseAddress(text);
  if (address === undefined) return [];
  const canonical = formatAddress(address);
  if (isMapped(address) || (address.length === 4 && !isIpv4(text)))
    return [nonStandard("IP address", { text, at, canonical })];
  if (address.length === 4 || canonical === text) return [];
  return [
    `${at}: IPv6 address ${JSON.stringify(text)} should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`,
  ];
}

/** The warnings of a range of addresses; of what is none there are none. */
export function cidrWarnings(text: string, at: string): string[] {
  const [ip = "", length = "", ...more] = text.split("/");
  const address = parseAddress(ip);
  const bitsMax = address?.length === 4 ? 32 : 128;
  if (address === undefined || more.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > bitsMax) return [];
  const bits = Number(length);
  const base = masked(address, bits);
  // Go writes an IPv4 range in IPv6 as one of IPv4.
  const canonical = `${formatAddress(base)}/${isMapped(base) && bits >= 96 ? bits - 96 : bits}`;
  const warnings: string[] = [];
  if (formatAddress(address) !== formatAddress(base)) {
    const alone = `${formatAddress(address)}/${bitsMax}`;
    const should = `should be ${JSON.stringify(canonical)} or ${JSON.stringify(alone)}?`;
    warnings.push(`${at}: CIDR value ${JSON.stringify(text)} is ambiguous in this context (${should})`);
  }
  const isPlain = /^(0|[1-9]\d*)$/.test(length) && (address.length !== 4 || isIpv4(ip));
  if (!isPlain || isMapped(address)) warnings.push(nonStandard("CIDR value", { text, at, canonical }));
  if (warnings.length > 0 || address.length === 4 || canonical === text) return warnings;
  return [
    `${at}: IPv6 CIDR value ${JSON.stringify(text)} should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`,
  ];
}

interface Odd {
  readonly text: string;
  readonly at: string;
  readonly canonical: string;
}

function nonStandard(what: string, { text, at, canonical }: Odd): string {
  const future = "will be considered invalid in a future Kubernetes release";
  return `${at}: non-standard ${what} ${JSON.stringify(text)} ${future}: use ${JSON.stringify(canonical)}`;
}

/** An address with only so many of its bits. */
function masked(address: Address, bits: number): Address {
  return address.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))) & 0xff);
}
