import type { FrameHead } from "./frame_walk.ts";

/** What the head of a WebSocket's frame says. */
export interface WebSocketHead extends FrameHead {
  /** It is a part of a message, and no ping or farewell, which may come between parts. */
  readonly isData: boolean;
  /** Its message ends with it. */
  readonly isFinal: boolean;
}

const finalBit = 0x80;
const controlBit = 0x08;
const maskedBit = 0x80;
const lengthBits = 0x7f;

/** What a frame takes, in parts of a turn, and what its bytes do. */
const [frameCost, turnBytes] = [1 / 32, 64 * 1024];

/** Reads the head of a WebSocket's frame. Source: RFC 6455, 5.2. */
export function readWebSocketHead(bytes: Uint8Array, size: number): WebSocketHead | undefined {
  if (size < 2) return undefined;
  const [first = 0, second = 0] = bytes;
  const short = second & lengthBits;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (size < 2 + lengthBytes + ((second & maskedBit) === 0 ? 0 : 4)) return undefined;
  const bodyBytes = lengthBytes === 0 ? short : numberAt(bytes, lengthBytes);
  const cost = frameCost + bodyBytes / turnBytes;
  return { bodyBytes, cost, isData: (first & controlBit) === 0, isFinal: (first & finalBit) !== 0 };
}

function numberAt(bytes: Uint8Array, size: number): number {
  let number = 0;
  for (let at = 2; at < 2 + size; at++) number = number * 256 + (bytes[at] ?? 0);
  return number;
}
