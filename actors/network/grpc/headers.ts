import type { HttpHeader } from "../http/http_message.ts";

/*
 * As much of HPACK (RFC 7541) as both ends here need: what is written are literals, and what is read are literals and
 * entries of the static table that requests and answers of gRPC are made of. Huffman's code is not read.
 */

const staticTable: Readonly<Record<number, HttpHeader>> = {
  1: [":authority", ""],
  2: [":method", "GET"],
  3: [":method", "POST"],
  4: [":path", "/"],
  6: [":scheme", "http"],
  7: [":scheme", "https"],
  8: [":status", "200"],
  12: [":status", "400"],
  13: [":status", "404"],
  31: ["content-type", ""],
  58: ["user-agent", ""],
};

/** Headers as literals that nobody keeps. */
export function headerBlock(headers: readonly HttpHeader[]): string {
  return headers.map(([name, value]) => `\0${text(name)}${text(value)}`).join("");
}

function text(value: string): string {
  return integer(value.length, 7) + value;
}

function integer(value: number, bits: number): string {
  const most = 2 ** bits - 1;
  if (value < most) return String.fromCharCode(value);
  let out = String.fromCharCode(most);
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out += String.fromCharCode((rest % 128) + 128);
  return out + String.fromCharCode(rest);
}

/** Reads headers; `undefined` when they are written in a way that is not read here. */
export function readHeaders(block: string): readonly HttpHeader[] | undefined {
  const headers: HttpHeader[] = [];
  let at = 0;
  const readInteger = (bits: number): number => {
    const most = 2 ** bits - 1;
    let value = block.charCodeAt(at++) & most;
    if (value < most) return value;
    for (let weight = 1; at < block.length; weight *= 128) {
      const byte = block.charCodeAt(at++);
      value += (byte & 127) * weight;
      if (byte < 128) break;
    }
    return value;
  };
  const readText = (): string | undefined => {
    if (block.charCodeAt(at) & 128) return undefined;
    const length = readInteger(7);
    const value = block.slice(at, at + length);
    at += length;
    return value.length === length ? value : undefined;
  };
  while (at < block.length) {
    const first = block.charCodeAt(at);
    if (first & 128) {
      const entry = staticTable[readInteger(7)];
      if (!entry) return undefined;
      headers.push(entry);
      continue;
    }
    // The size of a table that is not kept.
    if ((first & 0xe0) === 0x20) {
      readInteger(5);
      continue;
    }
    const index = readInteger(first & 64 ? 6 : 4);
    const name = index === 0 ? readText() : staticTable[index]?.[0];
    const value = readText();
    if (name === undefined || value === undefined) return undefined;
    headers.push([name, value]);
  }
  return headers;
}
