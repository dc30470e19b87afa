import { createFrameWalk } from "./frame_walk.ts";
import { readWebSocketHead, type WebSocketHead } from "./web_socket_heads.ts";

/** Tells how much of a WebSocket's message has come while its end has not. */
export interface MessageMeter {
  /** Takes what comes, cut anywhere. */
  read(chunk: Uint8Array): void;
  /** What whoever joins the message holds of it; 0 between messages. */
  heldBytes(): number;
}

/** What holding a part costs beside its bytes: a client may send one byte at a time. */
export const partBytes = 256;

/**
 * Makes the meter of one client. The library that reads messages does not say what it holds, and what all clients
 * together make it hold has to have a limit. What breaks the protocol is the library's to refuse, and ends the count.
 */
export function createMessageMeter(): MessageMeter {
  const walk = createFrameWalk(readWebSocketHead, 0);
  /** The frame that has come last. */
  let last: WebSocketHead | undefined;
  let heldBytes = 0;

  return {
    read(chunk) {
      for (let from = 0; from < chunk.length; ) {
        const { at, head, bodyBytes, isEnd } = walk.hop(chunk, from);
        from = at;
        last = head ?? last;
        if (!last?.isData) continue;
        heldBytes += bodyBytes + (head ? partBytes : 0);
        if (isEnd && last.isFinal) heldBytes = 0;
      }
      if (heldBytes > 0) heldBytes += partBytes;
    },
    heldBytes: () => heldBytes,
  };
}
