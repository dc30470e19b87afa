import type { FrameHead } from "./frame_walk.ts";

/** What a client says before its first frame (RFC 9113, 3.4), in bytes. */
export const http2PrefaceBytes = 24;

const headSize = 9;
const types = { headers: 1, reset: 3, settings: 4, ping: 6, continuation: 9 } as const;

/**
 * What frames take, in parts of a turn. A request takes a whole one: its headers may be a thousand times as long when
 * they are read. What is answered takes more than what is not.
 */
const costs = { headers: 1, reset: 1 / 8, answered: 1 / 64, any: 1 / 256 } as const;
const bodyBytesMax = 64 * 1024;

/** Reads the head of a frame of HTTP/2. Source: RFC 9113, 4.1. */
export function readHttp2Head(head: Uint8Array, size: number): FrameHead | undefined {
  if (size < headSize) return undefined;
  const [high = 0, middle = 0, low = 0, type] = head;
  const bodyBytes = (high << 16) | (middle << 8) | low;
  if (type === types.headers || type === types.continuation) {
    return { bodyBytes, cost: costs.headers, isRequest: type === types.headers };
  }
  const isAnswered = type === types.settings || type === types.ping;
  const cost = type === types.reset ? costs.reset : isAnswered ? costs.answered : costs.any;
  return { bodyBytes, cost: cost + bodyBytes / bodyBytesMax };
}
