import type { Moment } from "./connection.ts";
import { acknowledge, type EndState, type Segment, type Wire } from "./end_state.ts";
import type { Packet } from "./packet.ts";
import { tcpLimits } from "./tcp_limits.ts";

/** Takes the bytes of a packet; what is now complete and in order goes to the owner. */
export function receiveData<At extends Moment>(wire: Wire<At>, end: EndState<At>, packet: Packet, at: At): void {
  const { seq, data, fin } = packet;
  const to = seq + data.length + (fin ? 1 : 0);
  if (to === seq && seq >= end.expected) return;
  // Old, asked for, or not of this connection: the answer says where it is.
  const isElsewhere = to <= end.expected || to > end.expected + wire.windowBytes + 1;
  if (!isElsewhere && seq > end.expected) hold(end, { seq, data, fin });
  if (isElsewhere || seq > end.expected) {
    acknowledge(wire, end, at);
    return;
  }
  const hadGap = end.held.length > 0;
  const piece = complete(end, { seq, data, fin });
  end.untakenBytes += piece.data.length;
  end.isLastReceived ||= piece.isLast;
  const isMuch = end.expected - end.toldExpected >= tcpLimits.segmentBytesMax;
  end.ackAtMs = hadGap || isMuch ? at.uptimeMs : Math.min(end.ackAtMs, at.uptimeMs + tcpLimits.ackDelayMs);
  end.handlers?.received(end, piece, at);
  if (end.phase === "open" && end.ackAtMs <= at.uptimeMs) acknowledge(wire, end, at);
}

function hold({ held }: EndState<never>, segment: Segment): void {
  let at = held.length;
  while (at > 0 && (held[at - 1] as Segment).seq > segment.seq) at--;
  const before = held[at - 1];
  if (before?.seq !== segment.seq) held.splice(at, 0, segment);
  // Of two that begin alike the longer one is kept: the window may have cut the first.
  else if (before.data.length < segment.data.length || segment.fin) held[at - 1] = segment;
}

/** Moves on over a segment and those held that follow it. */
function complete(end: EndState<never>, segment: Segment): { data: string; isLast: boolean } {
  const piece = { data: "", isLast: false };
  let next: Segment | undefined = segment;
  while (next && next.seq <= end.expected) {
    const to: number = next.seq + next.data.length;
    if (to > end.expected) piece.data += next.data.slice(end.expected - next.seq);
    end.expected = Math.max(end.expected, to);
    if (next.fin && to === end.expected && !piece.isLast) {
      piece.isLast = true;
      end.expected++;
    }
    const [following] = end.held;
    next = following && following.seq <= end.expected ? end.held.shift() : undefined;
  }
  return piece;
}
