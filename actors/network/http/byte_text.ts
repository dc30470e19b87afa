const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** How many arguments a call may be given safely. */
const batch = 8192;

/** A text as bytes, a character each: what goes over a connection. */
export function bytesOfText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII is its own bytes
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  const array = encoder.encode(text);
  let bytes = "";
  for (let from = 0; from < array.length; from += batch) {
    bytes += String.fromCharCode(...array.subarray(from, from + batch));
  }
  return bytes;
}

/** The text that bytes mean, a character each; what is no UTF-8 becomes U+FFFD. */
export function textOfBytes(bytes: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII is its own bytes
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  const array = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) array[at] = bytes.charCodeAt(at);
  return decoder.decode(array);
}
