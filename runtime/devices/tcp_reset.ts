import type { Socket } from "node:net";

/**
 * Resets a connection. As long as its end is on the way Node refuses to, and would then never close the socket nor let
 * the socket's thread end: so it comes right after.
 */
export function resetSocket(socket: Socket): void {
  const isEnding = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
  if (isEnding && !socket.destroyed) socket.once("finish", () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
}
