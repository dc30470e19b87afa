import { cidrErrors, isIpv4, isIpv6 } from "../../validation/addresses.ts";
import { type CelFunction, error, isSpecial, noOverload, type Special, type Value } from "../values.ts";

type Ip = Extract<Special, { readonly tag: "ip" }>;
type Cidr = Extract<Special, { readonly tag: "cidr" }>;

function bytesOf(text: string): number[] | undefined {
  if (isIpv4(text)) return text.split(".").map(Number);
  // An address of the old form within one of the new is none, as in Kubernetes.
  if (!isIpv6(text) || text.includes(".")) return undefined;
  const [before = "", after] = text.split("::");
  const groups = (half: string) => (half === "" ? [] : half.split(":").map((each) => Number.parseInt(each, 16)));
  const [first, last] = [groups(before), groups(after ?? "")];
  const middle = new Array<number>(8 - first.length - last.length).fill(0);
  return [...first, ...middle, ...last].flatMap((each) => [each >> 8, each & 255]);
}

/** An address as it is written in short (RFC 5952). */
export function textOfIp(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_each, at) => ((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (groups[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const text = (part: readonly number[]) => part.map((each) => each.toString(16)).join(":");
  if (best.at < 0) return text(groups);
  return `${text(groups.slice(0, best.at))}::${text(groups.slice(best.at + best.length))}`;
}

function masked(bytes: readonly number[], bits: number): number[] {
  return bytes.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - at * 8))) & 255);
}

function ipOf(text: string): Ip | undefined {
  const bytes = bytesOf(text);
  return bytes && { tag: "ip", bytes };
}

function cidrOf(text: string): Cidr | undefined {
  const [address = "", bits = ""] = text.split("/");
  const bytes = cidrErrors(text).length > 0 ? undefined : bytesOf(address);
  return bytes && { tag: "cidr", bytes, bits: Number(bits) };
}

function ofIp(of: (bytes: readonly number[]) => Value): CelFunction {
  return ([value]) => (value !== undefined && isSpecial(value) && value.tag === "ip" ? of(value.bytes) : noOverload);
}

function ofCidr(of: (cidr: Cidr, other: Value | undefined) => Value): CelFunction {
  return ([value, other]) =>
    value !== undefined && isSpecial(value) && value.tag === "cidr" ? of(value, other) : noOverload;
}

/** Whether one range holds what begins at these bytes and is so many bits wide. */
function holds({ bytes, bits }: Cidr, inner: Value | undefined, innerBits?: number): Value {
  const value = typeof inner === "string" ? (innerBits === undefined ? ipOf(inner) : cidrOf(inner)) : inner;
  if (value === undefined) return typeof inner === "string" ? parseError(inner, innerBits === undefined) : noOverload;
  if (typeof value !== "object" || value === null || !("tag" in value)) return noOverload;
  if (value.tag !== (innerBits === undefined ? "ip" : "cidr") || !("bytes" in value)) return noOverload;
  if (value.bytes.length !== bytes.length) return false;
  const isNarrower = value.tag === "ip" || value.bits >= bits;
  return isNarrower && masked(value.bytes, bits).join() === masked(bytes, bits).join();
}

function parseError(text: string, isIp: boolean): Value {
  return isIp
    ? error(`IP Address "${text}" parse error during conversion from string: ParseAddr("${text}"): unable to parse IP`)
    : error(`CIDR "${text}" parse error during conversion from string: netip.ParsePrefix("${text}"): no '/'`);
}

const isV4 = (bytes: readonly number[]) => bytes.length === 4;
const isZero = (bytes: readonly number[]) => bytes.every((byte) => byte === 0);
const isLoopback = (bytes: readonly number[]) =>
  isV4(bytes) ? bytes[0] === 127 : isZero(bytes.slice(0, 15)) && bytes[15] === 1;
const isLinkLocal = (bytes: readonly number[]) =>
  isV4(bytes) ? bytes[0] === 169 && bytes[1] === 254 : bytes[0] === 0xfe && ((bytes[1] ?? 0) & 0xc0) === 0x80;
const isMulticast = (bytes: readonly number[]) => (isV4(bytes) ? ((bytes[0] ?? 0) & 0xf0) === 0xe0 : bytes[0] === 0xff);
const isLocalMulticast = (bytes: readonly number[]) =>
  isV4(bytes)
    ? bytes[0] === 224 && bytes[1] === 0 && bytes[2] === 0
    : bytes[0] === 0xff && ((bytes[1] ?? 0) & 0x0f) === 0x02;
const isGlobal = (bytes: readonly number[]) =>
  !isZero(bytes) &&
  !isLoopback(bytes) &&
  !isMulticast(bytes) &&
  !isLinkLocal(bytes) &&
  !(isV4(bytes) && bytes.every((byte) => byte === 255));

/** @see https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-ip-address-library */
export const addressFunctions: readonly (readonly [string, CelFunction])[] = [
  [
    "ip",
    ([value]) => {
      if (typeof value === "string") return ipOf(value) ?? parseError(value, true);
      const isCidr = value !== undefined && isSpecial(value) && value.tag === "cidr";
      return isCidr ? { tag: "ip", bytes: value.bytes } : noOverload;
    },
  ],
  ["isIP", ([text]) => (typeof text === "string" ? ipOf(text) !== undefined : noOverload)],
  [
    "ip.isCanonical",
    ([text]) => {
      if (typeof text !== "string") return noOverload;
      const ip = ipOf(text);
      return ip ? textOfIp(ip.bytes) === text : parseError(text, true);
    },
  ],
  ["family", ofIp((bytes) => (isV4(bytes) ? 4n : 6n))],
  ["isUnspecified", ofIp(isZero)],
  ["isLoopback", ofIp(isLoopback)],
  ["isLinkLocalMulticast", ofIp(isLocalMulticast)],
  ["isLinkLocalUnicast", ofIp(isLinkLocal)],
  ["isGlobalUnicast", ofIp(isGlobal)],
  ["cidr", ([text]) => (typeof text === "string" ? (cidrOf(text) ?? parseError(text, false)) : noOverload)],
  ["isCIDR", ([text]) => (typeof text === "string" ? cidrOf(text) !== undefined : noOverload)],
  ["containsIP", ofCidr((cidr, other) => holds(cidr, other))],
  ["containsCIDR", ofCidr((cidr, other) => holds(cidr, other, 0))],
  ["masked", ofCidr(({ bytes, bits }) => ({ tag: "cidr", bytes: masked(bytes, bits), bits }))],
  ["prefixLength", ofCidr(({ bits }) => BigInt(bits))],
];
