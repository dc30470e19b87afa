/** One value of ASN.1 in its distinguished encoding (ITU-T X.690): a tag, a length, and what it holds. */
export function der(tag: number, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const content = parts.flatMap((part) => [...part]);
  const { length } = content;
  const lengths: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) lengths.unshift(left % 256);
  return Uint8Array.from([tag, ...(length < 128 ? [length] : [0x80 | lengths.length, ...lengths]), ...content]);
}

export const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);

/** A number that is not negative, by its bytes. */
export function integer(bytes: readonly number[]): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const shortest = first < 0 ? [0] : bytes.slice(first);
  return der(0x02, (shortest[0] ?? 0) >= 0x80 ? [0, ...shortest] : shortest);
}

/** An object identifier: `2.5.29.17`. */
export function identifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(0x06, [first * 40 + second, ...rest.flatMap(digits)]);
}

function digits(number: number): readonly number[] {
  const all = [number % 128];
  for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128)) all.unshift(0x80 | (left % 128));
  return all;
}

/** A moment to the second; from 2050 on years have four digits (RFC 5280, 4.1.2.5). */
export function moment(atMs: number): Uint8Array {
  const text = new Date(atMs).toISOString().replace(/[-:T]|\.\d+/g, "");
  const isShort = Number(text.slice(0, 4)) < 2050;
  return der(isShort ? 0x17 : 0x18, asciiBytes(isShort ? text.slice(2) : text));
}

/** Plain letters as bytes. */
export function asciiBytes(text: string): readonly number[] {
  return [...text].map((letter) => letter.charCodeAt(0) & 0x7f);
}
