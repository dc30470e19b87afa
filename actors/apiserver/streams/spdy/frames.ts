/**
 * The frames of SPDY/3.1, as far as Kubernetes speaks it: read from pieces as they come, and written. Bytes are
 * characters (latin1).
 *
 * Source: SPDY Protocol Draft 3.1, section 2.6.
 */
import { headerDictionary } from "./header_dictionary.ts";
import { createInflater } from "./inflate.ts";

/** What is read. */
export type SpdyFrame =
  | { readonly type: "synStream"; readonly id: number; readonly fin: boolean; readonly headers: SpdyHeaders }
  | { readonly type: "reset"; readonly id: number }
  | { readonly type: "ping"; readonly id: number }
  | { readonly type: "goAway" }
  /** A part of a stream's data; with `fin` the stream's writer is done. */
  | { readonly type: "data"; readonly id: number; readonly data: string; readonly fin: boolean }
  /** One that means nothing here; it has been read all the same, and took its time. */
  | { readonly type: "nothing" }
  /** What came is no SPDY: nothing more can be read. */
  | { readonly type: "broken"; readonly why: string };

/** Headers by their names, in lower case. */
export type SpdyHeaders = ReadonlyMap<string, string>;

/** Reads frames from pieces that are cut anywhere. */
export interface SpdyReader {
  /** Takes what has come. */
  push(piece: string): void;
  /** The next frame of what has come; undefined when more has to come first. */
  next(): SpdyFrame | undefined;
}

/** Why a stream is reset. */
export const resetReasons = { protocolError: 1, refusedStream: 3, internalError: 6 } as const;

const types = { synStream: 1, synReply: 2, reset: 3, ping: 6, goAway: 7, headers: 8 } as const;
const headSize = 8;
const controlSizeMax = 64 * 1024;
const fin = 1;

const number16 = (text: string, at: number) => (text.charCodeAt(at) << 8) | text.charCodeAt(at + 1);
const number32 = (text: string, at: number) => number16(text, at) * 0x1_0000 + number16(text, at + 2);
const bytes32 = (value: number) =>
  String.fromCharCode((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);

/** Makes a reader of what one side of a connection says. */
export function createSpdyReader(): SpdyReader {
  const inflater = createInflater({ dictionary: headerDictionary, sizeMax: controlSizeMax });
  const inbox = createInbox();
  /** The head of the frame that is being read. */
  let head = "";
  /** The data frame of which a part has come. */
  let open: { readonly id: number; left: number; readonly fin: boolean } | undefined;
  let isBroken = false;

  function control(frame: string): SpdyFrame {
    const version = number16(frame, 0) & 0x7fff;
    if (version !== 3) return { type: "broken", why: `version ${version}` };
    const type = number16(frame, 2);
    const body = frame.slice(headSize);
    const isShort = (size: number) => body.length < size;
    if (type === types.synStream || type === types.synReply || type === types.headers) {
      const from = type === types.synStream ? 10 : 4;
      if (isShort(from)) return { type: "broken", why: "a frame that is too short" };
      // Whatever the frame is good for, its headers are a part of one compressed stream.
      const block = inflater.inflate(body.slice(from));
      const headers = block === undefined ? undefined : headersOf(block);
      if (!headers) return { type: "broken", why: "malformed headers" };
      const isFin = (frame.charCodeAt(4) & fin) !== 0;
      return type === types.synStream
        ? { type: "synStream", id: number32(body, 0) % 0x8000_0000, fin: isFin, headers }
        : nothing;
    }
    if (type === types.reset) return isShort(8) ? shortFrame : { type: "reset", id: number32(body, 0) % 0x8000_0000 };
    if (type === types.ping) return isShort(4) ? shortFrame : { type: "ping", id: number32(body, 0) };
    if (type === types.goAway) return { type: "goAway" };
    // Settings and windows: Go's implementation has no use for them, nor has any other frame a meaning here.
    return nothing;
  }

  /** The next part of a data frame; undefined when more has to come first. */
  function dataPart(part: { readonly id: number; left: number; readonly fin: boolean }): SpdyFrame | undefined {
    const data = inbox.take(Math.min(part.left, inbox.size())) ?? "";
    part.left -= data.length;
    const isWhole = part.left === 0;
    if (isWhole) open = undefined;
    const isEnd = isWhole && part.fin;
    if (data === "" && !isEnd) return isWhole ? nothing : undefined;
    return { type: "data", id: part.id, data, fin: isEnd };
  }

  function controlWhole(): SpdyFrame | undefined {
    const size = number32(head, 4) % 0x100_0000;
    if (size > controlSizeMax) return { type: "broken", why: `a control frame of ${size} bytes` };
    const body = inbox.take(size);
    if (body === undefined) return undefined;
    const frame = head + body;
    head = "";
    return control(frame);
  }

  function nextFrame(): SpdyFrame | undefined {
    if (open) return dataPart(open);
    if (head === "") {
      head = inbox.take(headSize) ?? "";
      if (head === "") return undefined;
    }
    if (head.charCodeAt(0) >= 0x80) return controlWhole();
    open = { id: number32(head, 0), left: number32(head, 4) % 0x100_0000, fin: (head.charCodeAt(4) & fin) !== 0 };
    head = "";
    return dataPart(open);
  }

  return {
    push: (piece) => inbox.push(piece),
    next() {
      if (isBroken) return undefined;
      const frame = nextFrame();
      if (frame?.type === "broken") isBroken = true;
      return frame;
    },
  };
}

/** What has come and is not read: pieces are joined when something is taken that lies in several, each once. */
function createInbox() {
  let text = "";
  let at = 0;
  let later: string[] = [];
  let laterSize = 0;
  const size = () => text.length - at + laterSize;
  return {
    size,
    push(piece: string) {
      later.push(piece);
      laterSize += piece.length;
    },
    /** So many characters; undefined while there are fewer. */
    take(count: number): string | undefined {
      if (size() < count) return undefined;
      if (at + count > text.length) {
        text = text.slice(at) + later.join("");
        [at, later, laterSize] = [0, [], 0];
      }
      at += count;
      return text.slice(at - count, at);
    },
  };
}

const nothing: SpdyFrame = { type: "nothing" };
const shortFrame: SpdyFrame = { type: "broken", why: "a frame that is too short" };

/** Reads a block of names and values; undefined when it is malformed. */
function headersOf(block: string): SpdyHeaders | undefined {
  const headers = new Map<string, string>();
  let at = 4;
  const text = (): string | undefined => {
    const size = at + 4 <= block.length ? number32(block, at) : Number.POSITIVE_INFINITY;
    if (at + 4 + size > block.length) return undefined;
    at += 4 + size;
    return block.slice(at - size, at);
  };
  if (block.length < at) return undefined;
  for (let left = number32(block, 0); left > 0; left--) {
    const [name, value] = [text(), text()];
    if (name === undefined || value === undefined) return undefined;
    headers.set(name.toLowerCase(), value);
  }
  return at === block.length ? headers : undefined;
}

function controlFrame(type: number, body: string): string {
  return `\x80\x03${bytes32(type).slice(2)}${bytes32(body.length)}${body}`;
}

/** Writes frames: the answer to a stream begins the one compressed stream of this side's headers, so it has a state. */
export interface SpdyWriter {
  /** Accepts a stream. */
  reply(id: number): string;
}

/** Of a zlib stream that uses the dictionary, whose Adler-32 this ends with. */
const streamHead = "\x78\x20\xe3\xc6\xa7\xc2";

/** Makes the writer of one side of a connection. */
export function createSpdyWriter(): SpdyWriter {
  let isBegun = false;
  return {
    reply(id) {
      // No headers: four zeros, as they are, then the empty block that flushes. Nothing has to be compressed.
      const block = "\0\x04\0\xfb\xff\0\0\0\0" + "\0\0\0\xff\xff";
      const head = isBegun ? "" : streamHead;
      isBegun = true;
      return controlFrame(types.synReply, bytes32(id) + head + block);
    },
  };
}

/** A piece of a stream's data. */
export function dataFrame(id: number, data: string, isLast: boolean): string {
  return bytes32(id) + bytes32(data.length + (isLast ? fin * 0x100_0000 : 0)) + data;
}

/** Ends a stream at once. */
export function resetFrame(id: number, reason: number): string {
  return controlFrame(types.reset, bytes32(id) + bytes32(reason));
}

/** Answers a ping. */
export function pingFrame(id: number): string {
  return controlFrame(types.ping, bytes32(id));
}
