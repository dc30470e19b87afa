import { Unzlib } from "fflate";

/** Undoes a zlib stream that is cut into pieces, each of which ends with a flush; bytes are characters (latin1). */
export interface Inflater {
  /** Gives what the next piece holds; undefined when it is malformed or too long: then nothing more can be read. */
  inflate(piece: string): string | undefined;
}

/** How a stream is read. */
export interface InflateOptions {
  /** What both sides take for granted: a stream that does not use it is malformed. */
  readonly dictionary: string;
  /** The most that one piece may hold. */
  readonly sizeMax: number;
}

/** A part of a piece swells to half a megabyte at most before it is seen that it is too long. */
const partSize = 512;

/** Makes an inflater that is synchronous and keeps its state from piece to piece, which Node's own is not. */
export function createInflater({ dictionary, sizeMax }: InflateOptions): Inflater {
  let out: string[] = [];
  let size = 0;
  let isBroken = false;
  const stream = new Unzlib({ dictionary: bytesOf(dictionary) }, (bytes, isEnd) => {
    size += bytes.length;
    // Headers have no end before their connection has.
    if (size > sizeMax || isEnd) isBroken = true;
    else for (const byte of bytes) out.push(String.fromCharCode(byte));
  });
  return {
    inflate(piece) {
      out = [];
      size = 0;
      try {
        for (let at = 0; at < piece.length && !isBroken; at += partSize) {
          stream.push(bytesOf(piece.slice(at, at + partSize)));
        }
      } catch {
        // Whatever the library calls it: this is no zlib stream.
        isBroken = true;
      }
      return isBroken ? undefined : out.join("");
    },
  };
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
