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

/** Reads text whose bytes come in pieces: a character may be cut in two. */
export interface TextReader {
  read(bytes: string): string;
}

/** Makes one; bytes that are no UTF-8 read as the replacement character. */
export function createTextReader(): TextReader {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let isCut = false;
  return {
    read(bytes) {
      if (!isCut && ascii.test(bytes)) return bytes;
      isCut = true;
      return decoder.decode(
        Uint8Array.from(bytes, (char) => char.charCodeAt(0)),
        { stream: true },
      );
    },
  };
}
