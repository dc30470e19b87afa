import { constants, deflateSync } from "node:zlib";
import type { SpdyFrame, SpdyReader } from "../../../actors/apiserver/streams/spdy/frames.ts";
import { headerDictionary } from "../../../actors/apiserver/streams/spdy/header_dictionary.ts";

const number = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_none, at) => String.fromCharCode((value >>> (8 * (bytes - 1 - at))) & 255)).join("");

/** A control frame of SPDY/3.1; bytes are characters (latin1). */
export function controlFrame(type: number, body: string, flags = 0): string {
  return `\x80\x03${number(type, 2)}${number(flags, 1)}${number(body.length, 3)}${body}`;
}

/** What a client of SPDY says to open streams: its headers are one compressed stream, so the order counts. */
export interface SpdyClient {
  synStream(id: number, headers: Readonly<Record<string, string>>, flags?: number): string;
}

/** Makes one. Its first headers are compressed with the dictionary; later ones are stored, which zlib allows too. */
export function createSpdyClient(): SpdyClient {
  let isBegun = false;
  const compress = (block: string) => {
    if (isBegun) {
      const length = number(block.length, 2);
      const size = length.charAt(1) + length.charAt(0);
      const complement = String.fromCharCode(~size.charCodeAt(0) & 255, ~size.charCodeAt(1) & 255);
      return `\0${size}${complement}${block}\0\0\0\xff\xff`;
    }
    isBegun = true;
    const dictionary = Buffer.from(headerDictionary, "latin1");
    const options = { level: 9, dictionary, finishFlush: constants.Z_SYNC_FLUSH };
    return deflateSync(Buffer.from(block, "latin1"), options).toString("latin1");
  };
  return {
    synStream(id, headers, flags = 0) {
      const pairs = Object.entries(headers).map(
        ([name, value]) => number(name.length, 4) + name + number(value.length, 4) + value,
      );
      const block = compress(number(pairs.length, 4) + pairs.join(""));
      return controlFrame(1, `${number(id, 4)}${number(0, 4)}\0\0${block}`, flags);
    },
  };
}

/** All frames that mean something, of those that a reader has when a piece has come. */
export function framesOf(reader: SpdyReader, piece: string): SpdyFrame[] {
  reader.push(piece);
  const frames: SpdyFrame[] = [];
  for (let frame = reader.next(); frame; frame = reader.next()) if (frame.type !== "nothing") frames.push(frame);
  return frames;
}

/** A number as four bytes. */
export function bytes32(value: number): string {
  return number(value, 4);
}
