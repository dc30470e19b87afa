// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are ASCII, too
const ascii = /^[\x00-\x7f]*$/;

/** A text as the bytes of its UTF-8, a character each: what played programs work on. */
export function bytesOf(text: string): string {
  return ascii.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** The text that bytes stand for; what is no UTF-8 is replaced. */
export function textOf(bytes: string): string {
  return ascii.test(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}
