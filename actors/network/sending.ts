import type { Moment } from "./connection.ts";
import { type EndState, patienceMs, type Segment, transmit, type Wire } from "./end_state.ts";
import type { Packet } from "./packet.ts";
import { tcpLimits } from "./tcp_limits.ts";

/** Sends what is written, as far as the other side takes it. */
export function flush<At extends Moment>(wire: Wire<At>, end: EndState<At>, at: At): void {
  if (end.phase !== "open") return;
  for (let segment = cutSegment(end); segment; segment = cutSegment(end)) {
    end.flying.push(segment);
    end.next = endOf(segment);
    end.isLastSent = segment.fin;
    end.timed ??= { to: end.next, atMs: at.uptimeMs };
    transmit(wire, end, { kind: "data", ...segment }, at);
  }
  // With nothing under way nobody would say that the window has opened, should that packet be lost: it is asked for.
  const isAwaiting = end.flying.length > 0 || end.waiting.length > 0;
  if (isAwaiting && end.resendAtMs === Number.POSITIVE_INFINITY) end.resendAtMs = at.uptimeMs + patienceMs(end);
}

/** Cuts the next segment off what is written: as much as fits in a packet, and in the other side's window. */
function cutSegment({ waiting, next: seq, edge, isLastWritten, isLastSent }: EndState<never>): Segment | undefined {
  if (waiting.length === 0) return isLastWritten && !isLastSent ? { seq, data: "", fin: true } : undefined;
  const sizeMax = Math.min(tcpLimits.segmentBytesMax, edge - seq);
  if (sizeMax <= 0) return undefined;
  let data = "";
  for (let chunk = waiting[0]; chunk !== undefined && data.length < sizeMax; chunk = waiting[0]) {
    const room = sizeMax - data.length;
    if (chunk.length > room) waiting[0] = chunk.slice(room);
    else waiting.shift();
    data += chunk.length > room ? chunk.slice(0, room) : chunk;
  }
  return { seq, data, fin: isLastWritten && waiting.length === 0 };
}

/** Takes the acknowledgement and the window of a packet; gives how many bytes more the other owner has taken. */
export function acknowledged<At extends Moment>(
  wire: Wire<At>,
  end: EndState<At>,
  { ack, window }: Packet,
  at: At,
): number {
  if (ack > end.next || ack < end.acked) return 0;
  const isNew = ack > end.acked;
  const isWider = ack + window > end.edge;
  if (isNew) advance(end, ack, at);
  const [first] = end.flying;
  if (isNew && first && ack < end.recoverTo) transmit(wire, end, { kind: "data", ...first }, at);
  if (isNew || (isWider && !first)) {
    end.resends = 0;
    end.resendAtMs = first ? at.uptimeMs + patienceMs(end) : Number.POSITIVE_INFINITY;
    // A window that stays closed is asked for less and less often, but for as long as there is an answer.
  } else if (!first) end.resends = Math.min(end.resends, tcpLimits.answeredProbesMax);
  if (!isWider) return 0;
  end.edge = ack + window;
  // The end of what was written counts in sequence numbers, but is nothing that is taken.
  const takenBytes = Math.min(end.edge - end.firstEdge, end.writtenBytes);
  const bytes = takenBytes - end.takenBytes;
  end.takenBytes = takenBytes;
  return bytes;
}

function advance(end: EndState<never>, ack: number, { uptimeMs }: Moment): void {
  end.acked = ack;
  const left = end.flying.findIndex((segment) => endOf(segment) > ack);
  end.flying.splice(0, left < 0 ? end.flying.length : left);
  const [first] = end.flying;
  if (first && first.seq < ack) end.flying[0] = { ...first, seq: ack, data: first.data.slice(ack - first.seq) };
  if (!end.timed || end.timed.to > ack) return;
  const sampleMs = uptimeMs - end.timed.atMs;
  end.timed = undefined;
  const { roundTripMs } = end;
  // Jacobson's filter, RFC 6298.
  end.deviationMs =
    roundTripMs === undefined ? sampleMs / 2 : 0.75 * end.deviationMs + 0.25 * Math.abs(roundTripMs - sampleMs);
  end.roundTripMs = roundTripMs === undefined ? sampleMs : 0.875 * roundTripMs + 0.125 * sampleMs;
}

/** Sends again what was not answered in time; false when it has been tried often enough. */
export function resend<At extends Moment>(wire: Wire<At>, end: EndState<At>, at: At): boolean {
  const { synRetriesMax, synackRetriesMax, resendsMax } = tcpLimits;
  const triesMax = end.phase === "opening" ? synRetriesMax : end.phase === "accepted" ? synackRetriesMax : resendsMax;
  if (end.resends >= triesMax) return false;
  end.resends++;
  end.resendAtMs = at.uptimeMs + patienceMs(end);
  // What is sent twice is not timed: nobody could say which one was answered (Karn).
  end.timed = undefined;
  const [first] = end.flying;
  end.recoverTo = end.next;
  if (end.phase === "opening") transmit(wire, end, { kind: "syn", seq: end.isn, data: "", fin: false }, at);
  else if (end.phase === "accepted") transmit(wire, end, { kind: "synack", seq: end.isn, data: "", fin: false }, at);
  else if (first) transmit(wire, end, { kind: "data", ...first }, at);
  // An old number makes the other side answer with its window.
  else transmit(wire, end, { kind: "data", seq: end.acked - 1, data: "", fin: false }, at);
  return true;
}

function endOf({ seq, data, fin }: Segment): number {
  return seq + data.length + (fin ? 1 : 0);
}
