/** Tells how much of a WebSocket's message has come while its end has not. */
export interface MessageMeter {
  /** Takes what comes, cut anywhere. */
  read(chunk: Uint8Array): void;
  /** What whoever joins the message holds of it; 0 between messages. */
  heldBytes(): number;
}

/** What holding a part costs beside its bytes: a client may send one byte at a time. */
export const partBytes = 256;

const finalBit = 0x80;
const controlBit = 0x08;
const maskedBit = 0x80;

/**
 * Makes the meter of one client. The library that reads messages does not say what it holds, and what all clients
 * together make it hold has to have a limit. What breaks the protocol is the library's to refuse, and ends the count.
 *
 * Source: RFC 6455, 5.2.
 */
export function createMessageMeter(): MessageMeter {
  let head: number[] = [];
  /** What is yet to come of the frame. */
  let leftBytes = 0;
  let [isData, isFinal] = [false, false];
  let heldBytes = 0;

  function begin() {
    const [first = 0] = head;
    isFinal = (first & finalBit) !== 0;
    isData = (first & controlBit) === 0;
    leftBytes = payloadBytes(head);
    head = [];
    if (isData) heldBytes += partBytes;
    if (leftBytes === 0) end();
  }

  function end() {
    if (isData && isFinal) heldBytes = 0;
  }

  return {
    read(chunk) {
      for (let at = 0; at < chunk.length; ) {
        if (leftBytes > 0) {
          const size = Math.min(leftBytes, chunk.length - at);
          at += size;
          leftBytes -= size;
          if (isData) heldBytes += size;
          if (leftBytes === 0) end();
          continue;
        }
        head.push(chunk[at++] ?? 0);
        if (head.length >= 2 && head.length === headBytes(head)) begin();
      }
      if (heldBytes > 0) heldBytes += partBytes;
    },
    heldBytes: () => heldBytes,
  };
}

function lengthBytes(head: readonly number[]): number {
  const short = (head[1] ?? 0) & 0x7f;
  return short === 126 ? 2 : short === 127 ? 8 : 0;
}

function headBytes(head: readonly number[]): number {
  return 2 + lengthBytes(head) + (((head[1] ?? 0) & maskedBit) === 0 ? 0 : 4);
}

function payloadBytes(head: readonly number[]): number {
  const size = lengthBytes(head);
  if (size === 0) return (head[1] ?? 0) & 0x7f;
  return head.slice(2, 2 + size).reduce((sum, byte) => sum * 256 + byte, 0);
}
