import { gunzipSync, gzipSync } from "fflate";

const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const textOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

/** What packed bytes begin with. */
export const gzipMagic = "\x1f\x8b";

/** Packs bytes, a character each; the time is left out, so that the same bytes come of the same bytes. */
export function packed(text: string): string {
  return textOf(gzipSync(bytesOf(text), { mtime: 0 }));
}

/** Unpacks bytes, a character each; undefined when they are not packed so. */
export function unpacked(text: string): string | undefined {
  try {
    return textOf(gunzipSync(bytesOf(text)));
  } catch {
    return undefined;
  }
}
