import { type Bits, type Code, codeOf, createBits, malformed } from "./huffman.ts";

/** Undoes a zlib stream that is cut into pieces, each of which ends with a flush; bytes are characters (latin1). */
export interface Inflater {
  /** Gives what the next piece holds; undefined when it is malformed or too long: then nothing more can be read. */
  inflate(piece: string): string | undefined;
}

/** How a stream is read. */
export interface InflateOptions {
  /** What both sides take for granted, if the stream says that it uses it. */
  readonly dictionary: string;
  /** The most that one piece may hold. */
  readonly sizeMax: number;
}

const windowSize = 32_768;
const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12_289, 16_385, 24_577,
];
const distanceBits = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
/** In which order the lengths of the codes for lengths come. */
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const fixedLengths = codeOf(
  Array.from({ length: 288 }, (_none, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8)),
);
const fixedDistances = codeOf(new Array<number>(30).fill(5));

/**
 * Makes an inflater. It is written here, and not taken from Node, because it has to be synchronous, keep its state from
 * piece to piece, and run in an actor's logic; what it reads are some dozen headers, so it need not be fast.
 *
 * Source: RFC 1950 and RFC 1951.
 */
export function createInflater({ dictionary, sizeMax }: InflateOptions): Inflater {
  const window = new Uint8Array(windowSize);
  let written = 0;
  let [isBegun, isBroken] = [false, false];

  function put(byte: number) {
    window[written++ % windowSize] = byte;
  }

  function begin(piece: string): string {
    const [method, flags] = [piece.charCodeAt(0), piece.charCodeAt(1)];
    if (piece.length < 2 || (method & 0x0f) !== 8 || (method * 256 + flags) % 31 !== 0) throw malformed;
    isBegun = true;
    const usesDictionary = (flags & 0x20) !== 0;
    if (usesDictionary) for (let at = 0; at < dictionary.length; at++) put(dictionary.charCodeAt(at));
    return piece.slice(usesDictionary ? 6 : 2);
  }

  function read(piece: string): string {
    const bits = createBits(piece);
    const out: number[] = [];
    const give = (byte: number) => {
      if (out.length >= sizeMax) throw malformed;
      out.push(byte);
      put(byte);
    };
    while (bits.left() > 0) {
      const isLast = bits.take(1) === 1;
      const kind = bits.take(2);
      if (kind === 0) readStored(bits, give);
      else if (kind === 1) readCoded(bits, { lengths: fixedLengths, distances: fixedDistances, give });
      else if (kind === 2) readCoded(bits, { ...readCodes(bits), give });
      else throw malformed;
      if (isLast) throw malformed;
    }
    return String.fromCharCode(...out);
  }

  function readCoded(bits: Bits, { lengths, distances, give }: Codes & { give(byte: number): void }) {
    for (;;) {
      const symbol = bits.symbol(lengths);
      if (symbol === 256) return;
      if (symbol < 256) give(symbol);
      else {
        const length = extended(bits, { base: lengthBase, extra: lengthBits, at: symbol - 257 });
        const distance = extended(bits, { base: distanceBase, extra: distanceBits, at: bits.symbol(distances) });
        if (distance > written || distance > windowSize) throw malformed;
        for (let count = 0; count < length; count++) give(window[(written - distance) % windowSize] ?? 0);
      }
    }
  }

  return {
    inflate(piece) {
      if (isBroken) return undefined;
      try {
        return read(isBegun ? piece : begin(piece));
      } catch (error) {
        if (error !== malformed) throw error;
        isBroken = true;
        return undefined;
      }
    },
  };
}

interface Codes {
  readonly lengths: Code;
  readonly distances: Code;
}

function extended(bits: Bits, { base, extra, at }: { base: readonly number[]; extra: readonly number[]; at: number }) {
  const [from, more] = [base[at], extra[at]];
  if (from === undefined || more === undefined) throw malformed;
  return from + bits.take(more);
}

function readStored(bits: Bits, give: (byte: number) => void) {
  const head = bits.bytes(4);
  const number = (place: number) => head.charCodeAt(place) | (head.charCodeAt(place + 1) << 8);
  const length = number(0);
  if (length !== (~number(2) & 0xffff)) throw malformed;
  const stored = bits.bytes(length);
  for (let at = 0; at < length; at++) give(stored.charCodeAt(at));
}

/** The codes of a block that brings its own. */
function readCodes(bits: Bits): Codes {
  const [lengthCount, distanceCount, orderCount] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  if (lengthCount > 286 || distanceCount > 30) throw malformed;
  const ordered = new Array<number>(lengthOrder.length).fill(0);
  for (const place of lengthOrder.slice(0, orderCount)) ordered[place] = bits.take(3);
  const code = codeOf(ordered);
  const lengths: number[] = [];
  const total = lengthCount + distanceCount;
  while (lengths.length < total) {
    const symbol = bits.symbol(code);
    if (symbol < 16) lengths.push(symbol);
    else {
      const last = lengths.at(-1);
      if (symbol === 16 && last === undefined) throw malformed;
      const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
      for (let count = 0; count < times; count++) lengths.push(symbol === 16 ? (last ?? 0) : 0);
    }
  }
  if (lengths.length > total) throw malformed;
  return { lengths: codeOf(lengths.slice(0, lengthCount)), distances: codeOf(lengths.slice(lengthCount)) };
}
