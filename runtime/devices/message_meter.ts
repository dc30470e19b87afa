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
const lengthBits = 0x7f;

/**
 * Makes the meter of one client. The library that reads messages does not say what it holds, and what all clients
 * together make it hold has to have a limit. What breaks the protocol is the library's to refuse, and ends the count.
 *
 * Source: RFC 6455, 5.2.
 */
export function createMessageMeter(): MessageMeter {
  /** Of the head that is being read: how much of it has come, its first two bytes, and the length that follows them. */
  let [headAt, first, second, lengthBytes, longBytes] = [0, 0, 0, 0, 0];
  /** What is yet to come of the frame. */
  let leftBytes = 0;
  let heldBytes = 0;

  function takeHead(byte: number) {
    if (headAt === 0) first = byte;
    else if (headAt === 1) {
      second = byte;
      lengthBytes = lengthBytesOf(byte & lengthBits);
      longBytes = 0;
    } else if (headAt < 2 + lengthBytes) longBytes = longBytes * 256 + byte;
    headAt++;
    if (headAt >= 2 && headAt === 2 + lengthBytes + ((second & maskedBit) === 0 ? 0 : 4)) begin();
  }

  function begin() {
    headAt = 0;
    leftBytes = lengthBytes === 0 ? second & lengthBits : longBytes;
    if (isData()) heldBytes += partBytes;
    if (leftBytes === 0) end();
  }

  const isData = () => (first & controlBit) === 0;

  function end() {
    if (isData() && (first & finalBit) !== 0) heldBytes = 0;
  }

  return {
    read(chunk) {
      for (let at = 0; at < chunk.length; ) {
        if (leftBytes > 0) {
          const size = Math.min(leftBytes, chunk.length - at);
          at += size;
          leftBytes -= size;
          if (isData()) heldBytes += size;
          if (leftBytes === 0) end();
        } else takeHead(chunk[at++] ?? 0);
      }
      if (heldBytes > 0) heldBytes += partBytes;
    },
    heldBytes: () => heldBytes,
  };
}

function lengthBytesOf(short: number): number {
  return short === 126 ? 2 : short === 127 ? 8 : 0;
}
