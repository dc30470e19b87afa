import type { Packet } from "./packet.ts";
import { lengthOf } from "./packet.ts";
import { tcpLimits } from "./tcp_limits.ts";

/** Where a connection was when it ended in good order. */
export interface Ended {
  readonly next: number;
  readonly expected: number;
  readonly atMs: number;
}

/** Connections that ended not long ago (TIME-WAIT): their late packets are not those of a connection that never was. */
export interface EndedConnections {
  note(key: string, ended: Ended): void;
  /**
   * The answer to a packet of a connection that ended, `"ignored"` when it gets none, and undefined when no connection
   * is known that it could be of.
   */
  answer(key: string, packet: Packet, nowMs: number): Packet | "ignored" | undefined;
}

/** Makes an empty memory; it stays small by itself. */
export function createEndedConnections(): EndedConnections {
  const all = new Map<string, Ended>();
  const isOver = ({ atMs }: Ended, nowMs: number) => nowMs - atMs > tcpLimits.timeWaitMs;
  return {
    note(key, ended) {
      all.delete(key);
      all.set(key, ended);
      for (const [oldest, each] of all) {
        if (all.size <= tcpLimits.timeWaitMax && !isOver(each, ended.atMs)) break;
        all.delete(oldest);
      }
    },
    answer(key, packet, nowMs) {
      const ended = all.get(key);
      if (!ended || isOver(ended, nowMs)) return undefined;
      // The other side knows of no connection, or begins another one with the same ports.
      if (packet.kind === "syn" && packet.seq >= ended.expected) all.delete(key);
      if (packet.kind === "rst" && packet.seq === ended.expected) all.delete(key);
      if (!all.has(key)) return packet.kind === "rst" ? "ignored" : undefined;
      if (packet.kind === "rst" || packet.kind === "unreachable" || lengthOf(packet) === 0) return "ignored";
      const { next: seq, expected: ack } = ended;
      const { source: target, target: source } = packet;
      return { type: "packet", source, target, kind: "data", seq, ack, window: 0, data: "", fin: false };
    },
  };
}
