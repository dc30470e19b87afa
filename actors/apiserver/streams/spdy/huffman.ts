const codeBitsMax = 15;

/** A Huffman code: how many codes there are of each length, and the symbols in the order of their codes. */
export interface Code {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

/** Thrown and caught inside an inflater: the piece is malformed. */
export const malformed = new Error("Cannot inflate: malformed piece");

/** The code that has codes of these lengths, in bits, for the symbols from 0 on; 0 for those without one. */
export function codeOf(lengths: readonly number[]): Code {
  const counts = new Array<number>(codeBitsMax + 1).fill(0);
  const symbols: number[] = [];
  for (let bits = 1; bits <= codeBitsMax; bits++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== bits) continue;
      symbols.push(symbol);
      counts[bits] = (counts[bits] ?? 0) + 1;
    }
  }
  return { counts, symbols };
}

/** The bits of a piece, in the order in which deflate reads them. */
export interface Bits {
  take(count: number): number;
  symbol(code: Code): number;
  /** Goes on at the next whole byte, and takes so many. */
  bytes(count: number): string;
  /** Whole bytes that are left. */
  left(): number;
}

/** Begins to read a piece. */
export function createBits(data: string): Bits {
  let [at, held, count] = [0, 0, 0];
  const bit = () => {
    if (count === 0) {
      if (at >= data.length) throw malformed;
      held = data.charCodeAt(at++);
      count = 8;
    }
    const taken = held & 1;
    held >>= 1;
    count--;
    return taken;
  };
  return {
    take(wanted) {
      let value = 0;
      for (let place = 0; place < wanted; place++) value |= bit() << place;
      return value;
    },
    symbol({ counts, symbols }) {
      let [code, first, index] = [0, 0, 0];
      for (let length = 1; length <= codeBitsMax; length++) {
        code |= bit();
        const size = counts[length] ?? 0;
        const symbol = code - first < size ? symbols[index + code - first] : undefined;
        if (symbol !== undefined) return symbol;
        index += size;
        first = (first + size) << 1;
        code <<= 1;
      }
      throw malformed;
    },
    bytes(wanted) {
      count = 0;
      if (at + wanted > data.length) throw malformed;
      at += wanted;
      return data.slice(at - wanted, at);
    },
    left: () => data.length - at,
  };
}
