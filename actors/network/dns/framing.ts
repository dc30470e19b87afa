/** What is in front of each message: how long it is (RFC 1035, 4.2.2). */
export const lengthBytes = 2;

/** A message as a stream carries it. */
export function framed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt16BE(bytes.length, 0);
  return Buffer.concat([length, bytes]);
}

/** Takes whole messages out of what has come so far; the rest waits for more. */
export function unframe(bytes: Buffer): { readonly messages: readonly Buffer[]; readonly rest: Buffer } {
  const messages: Buffer[] = [];
  let rest = bytes;
  while (rest.length >= lengthBytes && rest.length >= lengthBytes + rest.readUInt16BE(0)) {
    const end = lengthBytes + rest.readUInt16BE(0);
    messages.push(rest.subarray(lengthBytes, end));
    rest = rest.subarray(end);
  }
  return { messages, rest };
}
