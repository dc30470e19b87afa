/** Bytes, a character each, as an array of its own. */
export function arrayOf(bytes: string): Uint8Array {
  const array = new Uint8Array(bytes.length);
  Buffer.from(array.buffer).write(bytes, "latin1");
  return array;
}

/** An array as bytes, a character each. */
export function bytesOf(array: Uint8Array): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("latin1");
}
