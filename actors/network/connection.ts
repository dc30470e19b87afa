import type { Endpoint } from "./endpoint.ts";
import type { Packet } from "./packet.ts";

/** What a transport knows of the moment in which it is called: an actor's `Step` has it. */
export interface Moment {
  readonly uptimeMs: number;
  /** A whole random number in [0, below). */
  int(below: number): number;
}

/** One end of a connection. */
export interface End {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** It was opened here, and not by the other side. */
  readonly isOpener: boolean;
  /**
   * - `opening`: it wants a connection
   * - `offered`: the other side does, and `accept` or `refuse` is awaited
   * - `accepted`: the other side does not know yet that it was
   * - `open`: data may come and go, as long as a side has not ended
   * - `closed`: it is over, whatever way it went
   */
  readonly phase: "opening" | "offered" | "accepted" | "open" | "closed";
}

/** What the owner of an end is told. All may call the transport in turn. */
export interface EndHandlers<At extends Moment> {
  /** The connection that was opened stands. */
  opened(end: End, at: At): void;
  /** The connection that was to be opened cannot be. */
  failed(end: End, why: "refused" | "unreachable" | "timeout", at: At): void;
  /** Bytes have come: they count against the window until they are taken. With `isLast` nothing comes after them. */
  received(end: End, piece: { readonly data: string; readonly isLast: boolean }, at: At): void;
  /** The owner of the other end has taken so many more bytes of what was written. */
  taken(end: End, bytes: number, at: At): void;
  /** The connection broke: data may be lost, and nothing comes any more. */
  broken(end: End, why: "reset" | "timeout", at: At): void;
}

/** What a transport needs from the host it is in. */
export interface TransportOptions<At extends Moment> {
  /** Puts a packet on its way. It must not be given back to the transport before the call that sent it has returned. */
  send(packet: Packet, at: At): void;
  /** Somebody wants to connect: answer with `accept` or `refuse`, at once or later. */
  offered(end: End, at: At): void;
  /** An end is over and forgotten. */
  gone?(end: End, at: At): void;
  /** How many bytes may be under way to an end that its owner has not taken. Default `socketWindowBytes`. */
  windowBytes?: number;
}

/**
 * All ends of connections at one host: a small TCP. Bytes arrive in order, each once, whatever becomes of packets, or
 * the end is told that the connection broke. It is synchronous and knows no clock: `wake` must be called when the time
 * of `nextWakeMs` has come.
 */
export interface Transport<At extends Moment> {
  /**
   * Wants a connection; `opened` or `failed` tells. The local port must not be in use with that remote endpoint.
   *
   * @throws Error when it is
   */
  open(way: { readonly local: Endpoint; readonly remote: Endpoint }, handlers: EndHandlers<At>, at: At): End;
  /** Takes an offer: `received` and the others tell from now on. Data may be written at once. */
  accept(end: End, handlers: EndHandlers<At>, at: At): void;
  /** Answers an offer with a reset: the other side sees that its connection was refused. */
  refuse(end: End, at: At): void;
  /**
   * Writes bytes, and says with `isLast` that there will be no more. There is no limit here: an owner that heeds
   * `windowBytes` (what is written and not `taken`) keeps memory bounded. Does nothing after the last, or a break.
   */
  write(end: End, piece: { readonly data: string; readonly isLast: boolean }, at: At): void;
  /** The owner has taken so many of the bytes that it received. */
  take(end: End, bytes: number, at: At): void;
  /** Breaks the connection; the other side is told once. Nothing is told here. */
  reset(end: End, at: At): void;
  /** A packet has come for this host. */
  receive(packet: Packet, at: At): void;
  /** Does what is due. */
  wake(at: At): void;
  /** When `wake` is to be called next (`uptimeMs`); undefined while nothing is waited for. */
  nextWakeMs(): number | undefined;
  /** The end of a connection between these two, if there is one. */
  find(local: Endpoint, remote: Endpoint): End | undefined;
  /** All ends, oldest first. */
  ends(): Iterable<End>;
  /** How many there are. */
  readonly size: number;
}
