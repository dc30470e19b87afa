import type { Moment } from "./connection.ts";
import { acknowledge, type EndState, transmit, type Wire } from "./end_state.ts";
import { type Packet, resetFor } from "./packet.ts";
import { receiveData } from "./receiving.ts";
import { acknowledged } from "./sending.ts";
import { tcpLimits } from "./tcp_limits.ts";

/** What the ends of a host share. */
export interface Host<At extends Moment> extends Wire<At> {
  /** An end is over, and not in good order. */
  fail(end: EndState<At>, why: "refused" | "unreachable" | "timeout", at: At): void;
}

function receiveSynack<At extends Moment>(host: Host<At>, end: EndState<At>, packet: Packet, at: At) {
  if (end.phase !== "opening") return end.phase === "open" ? acknowledge(host, end, at) : undefined;
  if (packet.ack !== end.next) return host.send(resetFor(packet), at);
  end.remoteIsn = packet.seq;
  end.expected = packet.seq + 1;
  end.toldExpected = end.expected - 1;
  end.toldEdge = end.expected + host.windowBytes;
  become(end, packet);
  end.ackAtMs = at.uptimeMs + tcpLimits.ackDelayMs;
  end.handlers?.opened(end, at);
}

/** A copy of what began this connection, or the beginning of another one: whoever means that learns that it is not so. */
function receiveSyn<At extends Moment>(host: Host<At>, end: EndState<At>, { seq }: Packet, at: At) {
  if (end.phase === "accepted" && seq === end.remoteIsn) sendSynack(host, end, at);
  else if (end.phase === "accepted" || end.phase === "open") acknowledge(host, end, at);
}

function receiveReset<At extends Moment>(host: Host<At>, end: EndState<At>, { seq, ack }: Packet, at: At) {
  if (end.phase === "opening") return ack === end.next ? host.fail(end, "refused", at) : undefined;
  if (seq === end.expected) return host.fail(end, "refused", at);
  // Of another life of the connection, or out of order: whoever means it says it again (RFC 5961).
  if (end.phase === "open" && seq > end.expected && seq <= end.toldEdge) acknowledge(host, end, at);
}

function receiveSegment<At extends Moment>(host: Host<At>, end: EndState<At>, packet: Packet, at: At) {
  if (end.phase === "offered") return;
  if (end.phase === "opening" || (end.phase === "accepted" && packet.ack !== end.next)) {
    return host.send(resetFor(packet), at);
  }
  if (end.phase === "accepted") become(end, packet);
  const takenBytes = acknowledged(host, end, packet, at);
  if (takenBytes > 0) end.handlers?.taken(end, takenBytes, at);
  if (end.phase === "open") receiveData(host, end, packet, at);
}

/** Takes a packet of a connection that this host has an end of. */
export function receiveKnown<At extends Moment>(host: Host<At>, end: EndState<At>, packet: Packet, at: At) {
  switch (packet.kind) {
    case "syn":
      return receiveSyn(host, end, packet, at);
    case "synack":
      return receiveSynack(host, end, packet, at);
    case "rst":
      return receiveReset(host, end, packet, at);
    case "unreachable":
      return end.phase === "opening" && packet.ack === end.next ? host.fail(end, "unreachable", at) : undefined;
    case "data":
      return receiveSegment(host, end, packet, at);
  }
}

/** Tells the other side that its connection was taken. */
export function sendSynack<At extends Moment>(host: Host<At>, end: EndState<At>, at: At) {
  transmit(host, end, { kind: "synack", seq: end.isn, data: "", fin: false }, at);
}

function become(end: EndState<never>, { ack, window }: Packet) {
  end.phase = "open";
  end.acked = end.isn + 1;
  end.edge = ack + window;
  end.firstEdge = end.edge;
  end.resends = 0;
  end.resendAtMs = Number.POSITIVE_INFINITY;
}
