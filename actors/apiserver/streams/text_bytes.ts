const ascii = /^\p{ASCII}*$/u;
const encoder = new TextEncoder();
const pieceMax = 8192;

/** A text as the bytes of its UTF-8, a character each. */
export function bytesOf(text: string): string {
  if (ascii.test(text)) return text;
  const bytes = encoder.encode(text);
  let all = "";
  for (let at = 0; at < bytes.length; at += pieceMax) all += String.fromCharCode(...bytes.subarray(at, at + pieceMax));
  return all;
}
