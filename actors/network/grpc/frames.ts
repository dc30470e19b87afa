/** A frame of HTTP/2 (RFC 9113, 4.1); the payload is bytes, a character each. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: string;
}

export const frameTypes = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7 } as const;
export const flags = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;
/** What a client says first. */
export const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const headBytes = 9;
/** No frame is longer where nobody has asked for longer ones. */
const payloadBytesMax = 16_384;

/** A frame as bytes. */
export function frameText({ type, flags: set, stream, payload }: Frame): string {
  return number(payload.length, 3) + number(type, 1) + number(set, 1) + number(stream, 4) + payload;
}

/** The frames that are whole, and how many bytes they were; `undefined`: there is none that could be one. */
export function readFrames(bytes: string): { readonly frames: readonly Frame[]; readonly size: number } | undefined {
  const frames: Frame[] = [];
  let at = 0;
  while (bytes.length - at >= headBytes) {
    const length = numberAt(bytes, at, 3);
    if (length > payloadBytesMax) return undefined;
    if (bytes.length - at < headBytes + length) break;
    frames.push({
      type: numberAt(bytes, at + 3, 1),
      flags: numberAt(bytes, at + 4, 1),
      stream: numberAt(bytes, at + 5, 4) % 2 ** 31,
      payload: bytes.slice(at + headBytes, at + headBytes + length),
    });
    at += headBytes + length;
  }
  return { frames, size: at };
}

/** A number as so many bytes, the highest first. */
export function number(value: number, size: number): string {
  let text = "";
  for (let at = size - 1; at >= 0; at--) text += String.fromCharCode(Math.floor(value / 256 ** at) % 256);
  return text;
}

/** The number that so many bytes mean. */
export function numberAt(bytes: string, at: number, size: number): number {
  let value = 0;
  for (let index = 0; index < size; index++) value = value * 256 + (bytes.charCodeAt(at + index) || 0);
  return value;
}
