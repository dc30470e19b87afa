/**
 * MySQL's protocol between clients and servers, as bytes of a character each.
 *
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html
 */
import { sha1Hex, sha256Hex } from "../programs/_digests.ts";

/** A packet as it came: its number within an exchange, and what is in it. */
export interface Packet {
  readonly number: number;
  readonly payload: string;
}

/** How a client shows that it knows a password. */
export type AuthPlugin = "mysql_native_password" | "caching_sha2_password";

/** What a side can do, of which these matter here. */
export const capabilities = {
  connectsWithDatabase: 0x8,
  protocol41: 0x200,
  secureConnection: 0x8000,
  pluginAuth: 0x80000,
  longAuth: 0x200000,
} as const;

/** Of one packet. */
export const packetBytesMax = 4 * 1024 * 1024;

/** A whole number, its lowest byte first. */
export function int(value: number, bytes: number): string {
  let text = "";
  for (let at = 0; at < bytes; at++) text += String.fromCharCode(Math.floor(value / 2 ** (8 * at)) % 256);
  return text;
}

/** Reads one of these; bytes that are not there count as none. */
export function intAt(text: string, at: number, bytes: number): number {
  let value = 0;
  for (let each = bytes - 1; each >= 0; each--) value = value * 256 + (text.charCodeAt(at + each) || 0);
  return value;
}

/** A text with its length before it. */
export function sized(text: string): string {
  return `${sizedInt(text.length)}${text}`;
}

/** A whole number that says itself how long it is. */
export function sizedInt(value: number): string {
  if (value < 251) return int(value, 1);
  if (value < 2 ** 16) return `\xfc${int(value, 2)}`;
  return value < 2 ** 24 ? `\xfd${int(value, 3)}` : `\xfe${int(value, 8)}`;
}

/** Reads one of these, and where it ends. */
export function sizedIntAt(text: string, at: number): { readonly value: number; readonly end: number } {
  const first = text.charCodeAt(at) || 0;
  const bytes = ({ 252: 2, 253: 3, 254: 8 } as Readonly<Record<number, number>>)[first];
  return bytes === undefined
    ? { value: first, end: at + 1 }
    : { value: intAt(text, at + 1, bytes), end: at + 1 + bytes };
}

/** Reads a text with its length before it. */
export function sizedAt(text: string, at: number): { readonly value: string; readonly end: number } {
  const { value, end } = sizedIntAt(text, at);
  return { value: text.slice(end, end + value), end: end + value };
}

/** Reads a text up to a zero byte, or to the end. */
export function endedAt(text: string, at: number): { readonly value: string; readonly end: number } {
  const found = text.indexOf("\0", at);
  const end = found < 0 ? text.length : found;
  return { value: text.slice(at, end), end: end + 1 };
}

/** A packet's bytes. */
export function packed({ number, payload }: Packet): string {
  return `${int(payload.length, 3)}${int(number, 1)}${payload}`;
}

/** The packets that have come whole, and what is left; undefined: one is larger than is taken. */
export function unpacked(bytes: string): { readonly packets: readonly Packet[]; readonly rest: string } | undefined {
  const packets: Packet[] = [];
  let at = 0;
  while (bytes.length - at >= 4) {
    const length = intAt(bytes, at, 3);
    if (length > packetBytesMax) return undefined;
    if (bytes.length - at - 4 < length) break;
    packets.push({ number: intAt(bytes, at + 3, 1), payload: bytes.slice(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return { packets, rest: bytes.slice(at) };
}

const bytesOfHex = (hex: string) =>
  (hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join("");
const sha1 = (text: string) => bytesOfHex(sha1Hex(text));
const sha256 = (text: string) => bytesOfHex(sha256Hex(text));

/** What shows that somebody knows a password, to who has said these random bytes. */
export function scramble(plugin: string, password: string, nonce: string): string {
  if (password === "") return "";
  if (plugin === "mysql_native_password") return mixed(sha1(password), sha1(nonce + sha1(sha1(password))));
  return mixed(sha256(password), sha256(sha256(sha256(password)) + nonce));
}

function mixed(one: string, other: string): string {
  return Array.from(one, (char, at) => String.fromCharCode(char.charCodeAt(0) ^ other.charCodeAt(at))).join("");
}
