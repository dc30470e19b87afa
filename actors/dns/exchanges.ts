import { encodeReply, parseQuery, type Transport, type WireQuery } from "../network/dns/wire.ts";
import type { DnsPacket, DnsReply } from "./messages.ts";

/** How a packet came in, and how its answer goes back. */
export interface Arrival {
  readonly transport: Transport;
  readonly send: (bytes: Buffer) => void;
  /** Called once, when the query is answered or was none. */
  readonly settled?: () => void;
}

/** The queries of one life of the server that are not answered yet. */
export interface Exchanges {
  /** Takes a packet: pushes it to the actor if it is a query, answers for it if it is malformed. */
  take(bytes: Buffer, arrival: Arrival): void;
  /** Answers; false when there is no such exchange (any more). */
  respond(exchange: number, reply: DnsReply): boolean;
  readonly size: number;
  clear(): void;
}

/** More than these, and further queries are dropped: their clients ask again. */
const exchangesMax = 10_000;

/** Makes the bookkeeping that the real device and the model share. */
export function createExchanges(push: (packet: DnsPacket) => void): Exchanges {
  const open = new Map<number, { readonly query: WireQuery; readonly arrival: Arrival }>();
  let ids = 0;

  return {
    take(bytes, arrival) {
      const parsed = parseQuery(bytes);
      if (parsed.kind === "refused") arrival.send(parsed.bytes);
      if (parsed.kind !== "query" || open.size >= exchangesMax) {
        arrival.settled?.();
        return;
      }
      const exchange = ++ids;
      open.set(exchange, { query: parsed.query, arrival });
      push({ type: "dns.packet", exchange, transport: arrival.transport, question: parsed.query.question });
    },
    respond(exchange, reply) {
      const found = open.get(exchange);
      if (!found) return false;
      open.delete(exchange);
      const { query, arrival } = found;
      arrival.send(encodeReply(query, reply, arrival.transport));
      arrival.settled?.();
      return true;
    },
    get size() {
      return open.size;
    },
    clear: () => open.clear(),
  };
}
