/**
 * A text of so many letters that only this request has: each place in it says whose it is and where, so that nothing
 * can be lost, doubled or mixed without being seen.
 */
export function lettersOf(id: number, length: number): string {
  let text = "";
  for (let place = 0; text.length < length; place++) text += `${id}:${place},`;
  return text.slice(0, length);
}

/** A number of 32 bits that tells texts of plain letters apart (FNV-1a over four at a time), in hexadecimal. */
export function sumOf(text: string): string {
  let hash = 0x811c9dc5 ^ text.length;
  for (let at = 0; at < text.length; at += 4) {
    const four =
      text.charCodeAt(at) |
      (text.charCodeAt(at + 1) << 8) |
      (text.charCodeAt(at + 2) << 16) |
      (text.charCodeAt(at + 3) << 24);
    hash = Math.imul(hash ^ four, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
