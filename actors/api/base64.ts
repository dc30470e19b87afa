/**
 * Base64 of bytes, and of text in UTF-8, as the data of Secrets is written.
 */

/** The base64 of a text's UTF-8 bytes. */
export function encodeBase64(text: string): string {
  return encodeBase64Bytes(new TextEncoder().encode(text));
}

/** The base64 of bytes. */
export function encodeBase64Bytes(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The text whose UTF-8 bytes the base64 writes. */
export function decodeBase64(text: string): string {
  return new TextDecoder().decode(decodeBase64Bytes(text));
}

/** The bytes that the base64 writes; throws InvalidCharacterError if it is none. */
export function decodeBase64Bytes(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** The text whose UTF-8 bytes the base64 for URLs (RFC 4648, 5) writes; undefined if it is none. */
export function decodeBase64Url(text: string): string | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined;
  return decodeBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}
