// ASN.1 in DER (X.690), as far as certificates need it: each function gives the bytes of one value.

/** The tags of what is not made by a function of its own. */
export const tags = { integer: 2, bitString: 3, octetString: 4, utf8String: 12, sequence: 48, set: 49 } as const;

/** A value of a tag, of its contents in order. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

/** A value whose tag says what it is only where it stands: an explicit or constructed one (`isWhole`), or a simple one. */
export function derTagged(number: number, content: Uint8Array, isWhole: boolean): Buffer {
  return der((isWhole ? 0xa0 : 0x80) | number, content);
}

export function derSequence(...contents: readonly Uint8Array[]): Buffer {
  return der(tags.sequence, ...contents);
}

export function derTrue(): Buffer {
  return der(1, Buffer.from([0xff]));
}

/** @param dotted as `2.5.4.3` */
export function derObjectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(6, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** @param bytes as a bit string has them, the first bit the highest of the first byte */
export function derBits(bytes: Uint8Array, unusedBits = 0): Buffer {
  return der(tags.bitString, Buffer.from([unusedBits]), bytes);
}

/** A moment to the second; of years before 2050 the two-digit form, as certificates have to have it (RFC 5280). */
export function derTime(atMs: number): Buffer {
  const digits = `${new Date(atMs).toISOString().slice(0, 19).replace(/[-T:]/g, "")}Z`;
  return digits < "2050" ? der(23, Buffer.from(digits.slice(2))) : der(24, Buffer.from(digits));
}

/** What is in a value, one after the other, each with its tag and length. */
export function derParts(bytes: Uint8Array): Buffer[] {
  const parts: Buffer[] = [];
  const content = derContent(bytes);
  for (let at = 0; at < content.length; ) {
    const end = at + sizeAt(content, at).whole;
    parts.push(content.subarray(at, end));
    at = end;
  }
  return parts;
}

/** A value without its tag and length. */
export function derContent(bytes: Uint8Array): Buffer {
  const { head, whole } = sizeAt(bytes, 0);
  return Buffer.from(bytes.subarray(head, whole));
}

/** How long the value that begins there is: its tag and length, and all of it. */
function sizeAt(bytes: Uint8Array, at: number): { readonly head: number; readonly whole: number } {
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return { head: 2, whole: 2 + first };
  const head = 2 + (first & 0x7f);
  const length = bytes.subarray(at + 2, at + head).reduce((number, byte) => number * 256 + byte, 0);
  return { head, whole: head + length };
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

/** Seven bits a byte, all but the last with the eighth set. */
function base128(number: number): number[] {
  const bytes = [number & 0x7f];
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | (rest & 0x7f));
  return bytes;
}
