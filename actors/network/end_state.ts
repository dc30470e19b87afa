import { awake, type Sleeper } from "../kit/wake_queue.ts";
import type { End, EndHandlers, Moment } from "./connection.ts";
import type { Packet } from "./packet.ts";
import { tcpLimits } from "./tcp_limits.ts";

/** A piece of what one side writes. */
export interface Segment {
  readonly seq: number;
  readonly data: string;
  readonly fin: boolean;
}

/** All that an end of a connection keeps. */
export interface EndState<At extends Moment> extends End, Sleeper {
  phase: End["phase"];
  /** Undefined until an offer is taken. */
  handlers: EndHandlers<At> | undefined;

  /** The number before the first byte that is written here. */
  readonly isn: number;
  /** Up to here the other side has acknowledged. */
  acked: number;
  /** The next number to be sent. */
  next: number;
  /** The other side takes numbers below this. */
  edge: number;
  /** What `edge` was before the other owner had taken anything. */
  firstEdge: number;
  /** Sent and not acknowledged, in order. */
  flying: Segment[];
  /** Written and not sent, in order. */
  waiting: string[];
  writtenBytes: number;
  takenBytes: number;
  /** The owner writes no more. */
  isLastWritten: boolean;
  isLastSent: boolean;
  /** When something is sent again; infinite while nothing is under way. */
  resendAtMs: number;
  /** How often the same was sent again. */
  resends: number;
  /** After a loss: what was under way then is sent again, one for each acknowledgement. */
  recoverTo: number;
  /** The round-trip time: smoothed and its deviation; undefined before the first sample. */
  roundTripMs: number | undefined;
  deviationMs: number;
  /** The packet that is being timed: the number behind it, and when it was sent. */
  timed: { readonly to: number; readonly atMs: number } | undefined;

  /** The number of the first packet of the other side. */
  remoteIsn: number;
  /** The next number that is expected. */
  expected: number;
  /** Came too early, in order. */
  held: Segment[];
  /** Received, and not taken by the owner. */
  untakenBytes: number;
  /** The last acknowledgement and the end of the last window that the other side was told. */
  toldExpected: number;
  toldEdge: number;
  isLastReceived: boolean;
  /** When an acknowledgement is sent that found no data to travel with; infinite while none is owed. */
  ackAtMs: number;
}

/** Random numbers to begin with are below this. */
const isnMax = 2 ** 31;

/** An end that has said and heard nothing yet. */
export function createEndState<At extends Moment>(
  { local, remote, isOpener }: Pick<End, "local" | "remote" | "isOpener">,
  at: At,
): EndState<At> {
  const isn = at.int(isnMax);
  return {
    local,
    remote,
    isOpener,
    phase: "opening",
    handlers: undefined,
    isn,
    acked: isn,
    next: isn + 1,
    edge: isn + 1,
    firstEdge: isn + 1,
    flying: [],
    waiting: [],
    writtenBytes: 0,
    takenBytes: 0,
    isLastWritten: false,
    isLastSent: false,
    resendAtMs: Number.POSITIVE_INFINITY,
    resends: 0,
    recoverTo: 0,
    roundTripMs: undefined,
    deviationMs: 0,
    timed: undefined,
    remoteIsn: 0,
    expected: 0,
    held: [],
    untakenBytes: 0,
    toldExpected: 0,
    toldEdge: 0,
    isLastReceived: false,
    ackAtMs: Number.POSITIVE_INFINITY,
    ...awake(),
  };
}

/** How an end reaches the wire. */
export interface Wire<At extends Moment> {
  send(packet: Packet, at: At): void;
  readonly windowBytes: number;
}

/** Sends a packet of an end; it carries the acknowledgement that may be owed. */
export function transmit<At extends Moment>(
  wire: Wire<At>,
  end: EndState<At>,
  piece: Segment & { readonly kind: Packet["kind"] },
  at: At,
): void {
  const window = Math.max(0, wire.windowBytes - end.untakenBytes);
  end.toldExpected = end.expected;
  end.toldEdge = end.expected + window;
  end.ackAtMs = Number.POSITIVE_INFINITY;
  const { kind, seq, data, fin } = piece;
  const ack = kind === "syn" ? 0 : end.expected;
  wire.send({ type: "packet", source: end.local, target: end.remote, kind, seq, ack, window, data, fin }, at);
}

/** Acknowledges now, without data. */
export function acknowledge<At extends Moment>(wire: Wire<At>, end: EndState<At>, at: At): void {
  transmit(wire, end, { kind: "data", seq: end.next, data: "", fin: false }, at);
}

/** How long an acknowledgement may take before what it is awaited for is sent again. */
export function patienceMs({ phase, roundTripMs = 0, deviationMs, resends }: EndState<never>): number {
  const firstMs = phase === "open" ? roundTripMs + Math.max(tcpLimits.resendMs, 4 * deviationMs) : tcpLimits.synMs;
  return Math.min(tcpLimits.resendMsMax, Math.ceil(firstMs) * 2 ** resends);
}
