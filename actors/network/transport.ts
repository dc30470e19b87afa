import { createWakeQueue } from "../kit/wake_queue.ts";
import { type Host, receiveKnown, sendSynack } from "./arriving.ts";
import type { End, Moment, Transport, TransportOptions } from "./connection.ts";
import { acknowledge, createEndState, type EndState, patienceMs, transmit } from "./end_state.ts";
import { createEndedConnections } from "./ended_connections.ts";
import { type Endpoint, socketWindowBytes } from "./endpoint.ts";
import { type Packet, resetFor } from "./packet.ts";
import { flush, resend } from "./sending.ts";

/**
 * Makes the transport of a host, without connections.
 *
 * @example
 * const transport = createTransport<Step>({
 *   send: (packet, step) => step.send(computerOf(packet.target.ip), packet),
 *   offered: (end, step) => transport.refuse(end, step),
 * })
 */
export function createTransport<At extends Moment>(options: TransportOptions<At>): Transport<At> {
  const { windowBytes = socketWindowBytes, offered, gone } = options;
  const host: Host<At> = { send: options.send, windowBytes, fail };
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
    flush(host, end, at);
    if (end.phase === "open" && end.isLastSent && end.isLastReceived && end.acked === end.next) {
      if (end.toldExpected < end.expected) acknowledge(host, end, at);
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

  function offer(packet: Packet, at: At) {
    const end = add({ local: packet.target, remote: packet.source, isOpener: false }, at);
    end.phase = "offered";
    end.remoteIsn = packet.seq;
    end.expected = packet.seq + 1;
    offered(end, at);
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
      transmit(host, end, { kind: "syn", seq: end.isn, data: "", fin: false }, at);
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
      sendSynack(host, end, at);
      wakes.heed(end);
    },
    refuse(given, at) {
      const end = stateOf(given);
      if (end.phase !== "offered") return;
      remove(end, at);
      transmit(host, end, { kind: "rst", seq: 0, data: "", fin: false }, at);
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
      if (isNews) acknowledge(host, end, at);
    },
    reset(given, at) {
      const end = stateOf(given);
      if (end.phase === "closed") return;
      const seq = end.phase === "offered" ? 0 : end.next;
      remove(end, at);
      transmit(host, end, { kind: "rst", seq, data: "", fin: false }, at);
    },
    receive(packet, at) {
      const key = keyOf(packet.target, packet.source);
      const end = ends.get(key);
      if (end) {
        receiveKnown(host, end, packet, at);
        settle(end, at);
        return;
      }
      const answer = ended.answer(key, packet, at.uptimeMs);
      if (answer === "ignored" || packet.kind === "rst" || packet.kind === "unreachable") return;
      if (answer) host.send(answer, at);
      else if (packet.kind === "syn") offer(packet, at);
      else host.send(resetFor(packet), at);
    },
    wake(at) {
      for (let end = wakes.take(at.uptimeMs); end; end = wakes.take(at.uptimeMs)) {
        if (end.ackAtMs <= at.uptimeMs) acknowledge(host, end, at);
        if (end.resendAtMs <= at.uptimeMs && !resend(host, end, at)) fail(end, "timeout", at);
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
