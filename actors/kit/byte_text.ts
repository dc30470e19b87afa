/**
 * Bytes as text. The store keeps text, and etcd's clients give bytes: what is UTF-8 is the text that it is, and anything
 * else a sign that no UTF-8 is kept with, with a character for each byte behind it.
 */

/** Not assigned to anything, and by itself no end of a pair: text that begins with it is kept as bytes, too. */
const bytesSign = "\uffff";

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as a text that `bytesOf` makes the same bytes of. */
export function textOfBytes(bytes: Uint8Array): string {
  try {
    const text = strictUtf8.decode(bytes);
    if (!text.startsWith(bytesSign)) return text;
  } catch {
    // They are no text.
  }
  return bytesSign + latin1Of(bytes);
}

/** The bytes that a text stands for. */
export function bytesOfText(text: string): Uint8Array {
  return text.startsWith(bytesSign) ? bytesOfLatin1(text.slice(bytesSign.length)) : utf8.encode(text);
}

const pieceLength = 8_192;

/** A character for each byte: such texts have the order of the bytes. */
export function latin1Of(bytes: Uint8Array): string {
  if (bytes.length <= pieceLength) return String.fromCharCode(...bytes);
  let text = "";
  for (let at = 0; at < bytes.length; at += pieceLength) {
    text += String.fromCharCode(...bytes.subarray(at, at + pieceLength));
  }
  return text;
}

/** A byte for each character. */
export function bytesOfLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Whether the bytes of a text come before those of another (below zero), behind them, or are the same (zero). */
export function compareAsBytes(one: string, other: string): number {
  if (one === other) return 0;
  const [a, b] = [bytesOfText(one), bytesOfText(other)];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
