import type { Endpoint } from "./endpoint.ts";

/**
 * What connections are made of: sent between computers, and between a computer and whatever else has an IP. Source and
 * target are as on the wire, that is after the translations of the node that sent it.
 *
 * Sequence numbers count bytes, as TCP's do: the beginning of a connection (`syn`, `synack`) and the end of what one side
 * writes (`fin`) count as one each. They start at random, so that what is left of an old connection is not taken for a
 * new one's, and do not wrap.
 */
export interface Packet {
  readonly type: "packet";
  readonly source: Endpoint;
  readonly target: Endpoint;
  /**
   * - `syn`, `synack`: one side wants a connection, the other wants it too
   * - `data`: bytes, the end of them, an acknowledgement, or all three
   * - `rst`: there is no such connection (any more), or nobody listens
   * - `unreachable`: a host on the way could not pass a packet on; source and target are those of an answer to it
   */
  readonly kind: "syn" | "synack" | "data" | "rst" | "unreachable";
  /** The number of the first byte of `data`. */
  readonly seq: number;
  /** The number that is expected next from the other side; 0 in a `syn`. */
  readonly ack: number;
  /** How many bytes from `ack` on may be sent. */
  readonly window: number;
  /** Bytes, a character each (latin1). */
  readonly data: string;
  /** Nothing comes after `data`. */
  readonly fin: boolean;
}

/** How many sequence numbers a packet takes. */
export function lengthOf({ kind, data, fin }: Packet): number {
  return kind === "syn" || kind === "synack" ? 1 : data.length + (fin ? 1 : 0);
}

/** The answer to a packet that belongs to no connection here. */
export function resetFor(packet: Packet): Packet {
  const { source, target, seq, ack } = packet;
  const answered = { source: target, target: source, ack: seq + lengthOf(packet), window: 0, data: "", fin: false };
  return { type: "packet", kind: "rst", ...answered, seq: ack };
}

/** What a host tells that could not pass a packet on. */
export function unreachableFor({ source, target, seq }: Packet): Packet {
  const answered = { source: target, target: source, seq: 0, ack: seq + 1, window: 0, data: "", fin: false };
  return { type: "packet", kind: "unreachable", ...answered };
}
