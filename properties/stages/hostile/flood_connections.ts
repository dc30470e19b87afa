import type { TLSSocket } from "node:tls";
import { pause } from "./attack.ts";

/** Connections that say things without end. */
export interface ConnectionFlood {
  readonly count: number;
  /** Opens one, and tells when it can be spoken on. */
  open(opened: (socket: TLSSocket) => void): TLSSocket;
  /** What the connection of a lane has to say, a piece each time it is called. */
  says(index: number): () => Buffer;
}

/** Keeps so many connections open, each of which says what it has to say; who is cut off comes back. */
export async function floodConnections(signal: AbortSignal, { count, open, says }: ConnectionFlood): Promise<void> {
  const lane = async (index: number) => {
    while (!signal.aborted) {
      const next = says(index);
      const go = (socket: TLSSocket) => {
        socket.resume();
        // A write that is over at once must not keep all else from its turn, nor one that failed be tried for ever.
        const again = () => {
          if (socket.destroyed) return;
          socket.write(next(), (error) => (error ? socket.destroy() : setImmediate(again)));
        };
        again();
      };
      const socket = open(go);
      const closed = new Promise((resolve) => socket.once("close", resolve));
      const over = new AbortController();
      await Promise.race([closed, pause(10_000_000, AbortSignal.any([signal, over.signal]))]);
      over.abort();
      socket.destroy();
      await pause(50, signal);
    }
  };
  await Promise.all(Array.from({ length: count }, (_none, index) => lane(index)));
}
