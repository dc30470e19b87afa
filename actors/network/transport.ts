import { type Endpoint, socketWindowBytes } from "../container_runtime/messages.ts";
import type { End, Moment, Transport, TransportOptions } from "./connection.ts";
import { acknowledge, createEndState, type EndState, patienceMs, transmit, type Wire } from "./end_state.ts";
import { createEndedConnections } from "./ended_connections.ts";
import { type Packet, resetFor } from "./packet.ts";
import { receiveData } from "./receiving.ts";
import { acknowledged, flush, resend } from "./sending.ts";
import { tcpLimits } from "./tcp_limits.ts";
import { createWakeQueue } from "./wake_queue.ts";

/**
 * Makes the transport of a host, without connections.
 *
 * @example
 * const transport = createTransport<Step>({
 *   send: (packet, step) => step.send(machineOf(packet.target.ip), packet),
 *   offered: (end, step) => transport.refuse(end, step),
 * })
 */
export function createTransport<At extends Moment>(options: TransportOptions<At>): Transport<At> {
  const { windowBytes = socketWindowBytes, offered, gone } = options;
  const wire: Wire<At> = { send: options.send, windowBytes };
  const ends = new Map<string, EndState<At>>();
  const ended = createEndedConnections();
  const wakes = createWakeQueue<EndState<At>>(({ phase, resendAtMs, ackAtMs }) =>
    phase === "closed" ? Number.POSITIVE_INFINITY : Math.min(resendAtMs, ackAtMs),
  );

  function add(way: Pick<End, "local" | "remote" | "isOpener">, at: At): EndState<At> {
    const end = createEndState(way, at);
    ends.set(keyOf(end.local, end.remote), end);
    return end;
  }

  function remove(end: EndState<At>, at: At) {
    end.phase = "closed";
    ends.delete(keyOf(end.local, end.remote));
    gone?.(end, at);
  }

  /** What follows from any change: what can be sent is, an end that has nothing left to do is forgotten. */
  function settle(end: EndState<At>, at: At) {
    flush(wire, end, at);
    if (end.phase === "open" && end.isLastSent && end.isLastReceived && end.acked === end.next) {
      if (end.toldExpected < end.expected) acknowledge(wire, end, at);
      ended.note(keyOf(end.local, end.remote), { next: end.next, expected: end.expected, atMs: at.uptimeMs });
      remove(end, at);
    }
    if (end.phase !== "closed") wakes.heed(end);
  }

  function fail(end: EndState<At>, why: "refused" | "unreachable" | "timeout", at: At) {
    const { handlers, phase } = end;
    remove(end, at);
    if (phase === "opening") handlers?.failed(end, why, at);
    else handlers?.broken(end, why === "timeout" ? "timeout" : "reset", at);
  }

  function become(end: EndState<At>, { ack, window }: Packet) {
    end.phase = "open";
    end.acked = end.isn + 1;
    end.edge = ack + window;
    end.firstEdge = end.edge;
    end.resends = 0;
    end.resendAtMs = Number.POSITIVE_INFINITY;
  }

  function offer(packet: Packet, at: At) {
    const end = add({ local: packet.target, remote: packet.source, isOpener: false }, at);
    end.phase = "offered";
    end.remoteIsn = packet.seq;
    end.expected = packet.seq + 1;
    offered(end, at);
  }

  function receiveSynack(end: EndState<At>, packet: Packet, at: At) {
    if (end.phase !== "opening") return end.phase === "open" ? acknowledge(wire, end, at) : undefined;
    if (packet.ack !== end.next) return wire.send(resetFor(packet), at);
    end.remoteIsn = packet.seq;
    end.expected = packet.seq + 1;
    end.toldExpected = end.expected - 1;
    end.toldEdge = end.expected + windowBytes;
    become(end, packet);
    end.ackAtMs = at.uptimeMs + tcpLimits.ackDelayMs;
    end.handlers?.opened(end, at);
  }

  /** A copy of what began this connection, or the beginning of another one: whoever means that learns that it is not so. */
  function receiveSyn(end: EndState<At>, { seq }: Packet, at: At) {
    if (end.phase === "accepted" && seq === end.remoteIsn) sendSynack(end, at);
    else if (end.phase === "accepted" || end.phase === "open") acknowledge(wire, end, at);
  }

  function receiveReset(end: EndState<At>, { seq, ack }: Packet, at: At) {
    if (end.phase === "opening") return ack === end.next ? fail(end, "refused", at) : undefined;
    if (seq === end.expected) return fail(end, "refused", at);
    // Of another life of the connection, or out of order: whoever means it says it again (RFC 5961).
    if (end.phase === "open" && seq > end.expected && seq <= end.toldEdge) acknowledge(wire, end, at);
  }

  function receiveSegment(end: EndState<At>, packet: Packet, at: At) {
    if (end.phase === "offered") return;
    if (end.phase === "opening" || (end.phase === "accepted" && packet.ack !== end.next)) {
      return wire.send(resetFor(packet), at);
    }
    if (end.phase === "accepted") become(end, packet);
    const takenBytes = acknowledged(wire, end, packet, at);
    if (takenBytes > 0) end.handlers?.taken(end, takenBytes, at);
    if (end.phase === "open") receiveData(wire, end, packet, at);
  }

  function receiveKnown(end: EndState<At>, packet: Packet, at: At) {
    switch (packet.kind) {
      case "syn":
        return receiveSyn(end, packet, at);
      case "synack":
        return receiveSynack(end, packet, at);
      case "rst":
        return receiveReset(end, packet, at);
      case "unreachable":
        return end.phase === "opening" && packet.ack === end.next ? fail(end, "unreachable", at) : undefined;
      case "data":
        return receiveSegment(end, packet, at);
    }
  }

  function sendSynack(end: EndState<At>, at: At) {
    transmit(wire, end, { kind: "synack", seq: end.isn, data: "", fin: false }, at);
  }

  function stateOf(end: End) {
    return end as EndState<At>;
  }

  return {
    open(way, handlers, at) {
      const { local, remote } = way;
      if (ends.has(keyOf(local, remote))) {
        throw new Error(`Opening a connection: ${keyOf(local, remote)} is in use, choose another local port`);
      }
      const end = add({ local, remote, isOpener: true }, at);
      end.handlers = handlers;
      end.resendAtMs = at.uptimeMs + patienceMs(end);
      transmit(wire, end, { kind: "syn", seq: end.isn, data: "", fin: false }, at);
      wakes.heed(end);
      return end;
    },
    accept(given, handlers, at) {
      const end = stateOf(given);
      if (end.phase === "closed") return handlers.broken(end, "reset", at);
      if (end.phase !== "offered") return;
      end.handlers = handlers;
      end.phase = "accepted";
      end.resendAtMs = at.uptimeMs + patienceMs(end);
      sendSynack(end, at);
      wakes.heed(end);
    },
    refuse(given, at) {
      const end = stateOf(given);
      if (end.phase !== "offered") return;
      remove(end, at);
      transmit(wire, end, { kind: "rst", seq: 0, data: "", fin: false }, at);
    },
    write(given, { data, isLast }, at) {
      const end = stateOf(given);
      if (end.phase === "closed" || end.isLastWritten) return;
      if (data !== "") end.waiting.push(data);
      end.writtenBytes += data.length;
      end.isLastWritten = isLast;
      settle(end, at);
    },
    take(given, bytes, at) {
      const end = stateOf(given);
      if (end.phase === "closed") return;
      end.untakenBytes = Math.max(0, end.untakenBytes - bytes);
      const edge = end.expected + windowBytes - end.untakenBytes;
      const isNews = end.phase === "open" && !end.isLastReceived && edge - end.toldEdge >= windowBytes / 4;
      if (isNews) acknowledge(wire, end, at);
    },
    reset(given, at) {
      const end = stateOf(given);
      if (end.phase === "closed") return;
      const seq = end.phase === "offered" ? 0 : end.next;
      remove(end, at);
      transmit(wire, end, { kind: "rst", seq, data: "", fin: false }, at);
    },
    receive(packet, at) {
      const key = keyOf(packet.target, packet.source);
      const end = ends.get(key);
      if (end) {
        receiveKnown(end, packet, at);
        settle(end, at);
        return;
      }
      const answer = ended.answer(key, packet, at.uptimeMs);
      if (answer === "ignored" || packet.kind === "rst" || packet.kind === "unreachable") return;
      if (answer) wire.send(answer, at);
      else if (packet.kind === "syn") offer(packet, at);
      else wire.send(resetFor(packet), at);
    },
    wake(at) {
      for (let end = wakes.take(at.uptimeMs); end; end = wakes.take(at.uptimeMs)) {
        if (end.ackAtMs <= at.uptimeMs) acknowledge(wire, end, at);
        if (end.resendAtMs <= at.uptimeMs && !resend(wire, end, at)) fail(end, "timeout", at);
        settle(end, at);
      }
    },
    nextWakeMs: () => wakes.nextMs(),
    find: (local, remote) => ends.get(keyOf(local, remote)),
    ends: () => ends.values(),
    get size() {
      return ends.size;
    },
  };
}

function keyOf(local: Endpoint, remote: Endpoint): string {
  return `${local.ip}:${local.port} to ${remote.ip}:${remote.port}`;
}
