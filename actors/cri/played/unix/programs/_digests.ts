import { sha256 } from "../../../../kit/sha256.ts";

/** The digest of bytes, a character each, as it is written in hexadecimal digits. */
export type Digest = (bytes: string) => string;

const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const rotate = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits));

/** FIPS 180-4. */
export const sha256Hex: Digest = (text) => hexOf(sha256(bytesOf(text)));

const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21] as const;
const sines = Array.from({ length: 64 }, (_, at) => Math.floor(Math.abs(Math.sin(at + 1)) * 2 ** 32));

/** RFC 1321. */
export const md5Hex: Digest = (text) => {
  const view = padded(text, true);
  const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  for (let offset = 0; offset < view.byteLength; offset += 64) {
    let [a = 0, b = 0, c = 0, d = 0] = state;
    for (let at = 0; at < 64; at++) {
      const round = at >> 4;
      const mixed = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round] ?? 0;
      const word = [at, 5 * at + 1, 3 * at + 5, 7 * at][round] ?? 0;
      const sum = a + mixed + (sines[at] ?? 0) + view.getUint32(offset + (word % 16) * 4, true);
      [a, d, c, b] = [d, c, b, (b + rotate(sum | 0, shifts[round * 4 + (at % 4)] ?? 0)) | 0];
    }
    for (const [at, word] of [a, b, c, d].entries()) state[at] = (state[at] ?? 0) + word;
  }
  return hexOf(Uint8Array.from(littleEndian(state)));
};

/** FIPS 180-4, section 6.1. */
export const sha1Hex: Digest = (text) => {
  const view = padded(text, false);
  const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  const words = new Uint32Array(80);
  for (let offset = 0; offset < view.byteLength; offset += 64) {
    for (let at = 0; at < 80; at++) {
      words[at] =
        at < 16
          ? view.getUint32(offset + at * 4)
          : rotate(word(words, at - 3) ^ word(words, at - 8) ^ word(words, at - 14) ^ word(words, at - 16), 1);
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
    for (let at = 0; at < 80; at++) {
      const round = Math.floor(at / 20);
      const mixed = [(b & c) | (~b & d), b ^ c ^ d, (b & c) | (b & d) | (c & d), b ^ c ^ d][round] ?? 0;
      const constant = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][round] ?? 0;
      [a, b, c, d, e] = [(rotate(a, 5) + mixed + e + constant + word(words, at)) | 0, a, rotate(b, 30), c, d];
    }
    for (const [at, each] of [a, b, c, d, e].entries()) state[at] = word(state, at) + each;
  }
  return [...state].map((each) => each.toString(16).padStart(8, "0")).join("");
};

const word = (words: Uint32Array, at: number) => words[at] ?? 0;

function littleEndian(words: Uint32Array): number[] {
  return [...words].flatMap((each) => [each, each >>> 8, each >>> 16, each >>> 24].map((byte) => byte & 0xff));
}

/** Whole blocks: the text, a one, zeros and the length in bits. */
function padded(text: string, isLittle: boolean): DataView {
  const bytes = new Uint8Array(Math.ceil((text.length + 9) / 64) * 64);
  bytes.set(bytesOf(text));
  bytes[text.length] = 0x80;
  const view = new DataView(bytes.buffer);
  const [high, low] = [Math.floor(text.length / 2 ** 29), text.length << 3];
  view.setUint32(bytes.length - (isLittle ? 4 : 8), high, isLittle);
  view.setUint32(bytes.length - (isLittle ? 8 : 4), low, isLittle);
  return view;
}
