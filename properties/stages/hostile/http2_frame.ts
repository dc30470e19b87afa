const types = { data: 0, headers: 1, priority: 2, reset: 3, settings: 4, ping: 6, window: 8, continuation: 9 } as const;
/** What a frame says beside its type. */
export const flags = { none: 0, endStream: 1, endHeaders: 4 } as const;

/** A frame (RFC 9113, 4.1). */
export function frame(type: keyof typeof types, { flag = 0, id = 0, body = Buffer.alloc(0) } = {}): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head[3] = types[type];
  head[4] = flag;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, body]);
}

/** What a client says first. */
export const preface = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame("settings")]);
/** `GET https://x/`, by HPACK's static table. */
export const get = Buffer.from([0x82, 0x87, 0x84, 0x41, 1, "x".charCodeAt(0)]);
/** Gives up a request. */
export function cancelFrame(id: number): Buffer {
  return frame("reset", { id, body: Buffer.from([0, 0, 0, 8]) });
}
