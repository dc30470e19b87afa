import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";

/** A message on its way to a client. */
export interface FrameOut {
  readonly bytes: Buffer;
  readonly isText: boolean;
}

/** What is written to one WebSocket. */
export interface FramesOut {
  send(frame: FrameOut): void;
  /** Says farewell after all that was sent. */
  close(code: number, reason: string): void;
  bufferedBytes(): number;
}

/** Past this, who writes is told when all has been taken: a socket's own high-water mark. */
const heldBytesMin = 16 * 1024;

/**
 * Writes messages one by one, each when the one before has left: so each is a TLS record of its own. A client that looks
 * whether its socket can be read before it reads one message, as the Python client does, would not see those that came in
 * the same record as the first: it waits for the next byte, and after a command's end there is none.
 */
export function createFramesOut(webSocket: WebSocket, socket: Duplex, drained: () => void): FramesOut {
  const queue: FrameOut[] = [];
  let queuedBytes = 0;
  let [isWriting, hasWaited] = [true, false];
  let farewell: { readonly code: number; readonly reason: string } | undefined;

  function go() {
    const frame = queue.shift();
    isWriting = frame !== undefined;
    if (frame) {
      queuedBytes -= frame.bytes.length;
      webSocket.send(frame.bytes, { binary: !frame.isText }, go);
    } else if (farewell) {
      webSocket.close(farewell.code, farewell.reason);
    } else if (hasWaited) {
      hasWaited = false;
      drained();
    }
  }

  const bufferedBytes = () => queuedBytes + webSocket.bufferedAmount;
  // The answer to the handshake is a record as well.
  socket.write("", go);
  return {
    bufferedBytes,
    send(frame) {
      queue.push(frame);
      queuedBytes += frame.bytes.length;
      if (!isWriting) go();
      if (bufferedBytes() >= heldBytesMin) hasWaited = true;
    },
    close(code, reason) {
      farewell = { code, reason };
      if (!isWriting) go();
    },
  };
}
