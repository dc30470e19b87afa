import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** How many connections a server holds. */
export interface ConnectionLimits {
  readonly connectionsMax: number;
  /** Of them, those whose clients have not shown a certificate that the authority signed. */
  readonly strangersMax: number;
}

/** The connections of one server. */
export interface Connections {
  /** Somebody has come; who, nobody knows yet. */
  arrived(socket: Socket): void;
  /** Somebody has shown a good certificate. */
  known(socket: TLSSocket): void;
}

/**
 * Makes the connections of one server. Who has no certificate, and whose handshake is not over, counts as a stranger.
 * When there are too many, the stranger who has been there the longest has to go: so those who come always can show who
 * they are, however many strangers do not, and who has shown it stays.
 */
export function createConnections({ connectionsMax, strangersMax }: ConnectionLimits): Connections {
  const all = new Set<string>();
  /** By the address of the client, the one that came first comes first. */
  const strangers = new Map<string, Socket>();

  return {
    arrived(socket) {
      const key = keyOf(socket);
      all.add(key);
      strangers.set(key, socket);
      socket.once("close", () => {
        all.delete(key);
        strangers.delete(key);
      });
      if (all.size <= connectionsMax && strangers.size <= strangersMax) return;
      const [oldest] = strangers;
      if (!oldest) return;
      strangers.delete(oldest[0]);
      oldest[1].destroy();
    },
    known: (socket) => void strangers.delete(keyOf(socket)),
  };
}

/** A connection is in the hands of two sockets, one below TLS and one above: the client's address names both. */
function keyOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${localAddress} ${remoteAddress} ${remotePort}`;
}
