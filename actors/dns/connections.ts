import type { Address, Mail, Step } from "../../runtime/mod.ts";
import type { End, EndHandlers } from "../network/connection.ts";
import { framed, unframe } from "../network/dns/framing.ts";
import { encodeReply, parseQuery } from "../network/dns/wire.ts";
import type { Packet } from "../network/packet.ts";
import { createTransport } from "../network/transport.ts";
import type { DnsQuestion, DnsReply } from "./messages.ts";

/** Connections that come from the cluster's network. */
export interface Connections {
  /** A computer has carried a packet here. */
  receive(mail: Mail<Packet>, step: Step): void;
  /** The timer `connections` has run out. */
  wake(step: Step): void;
}

/** Answers a question, now or later. */
export type ServeQuestion = (question: DnsQuestion, step: Step, answer: (reply: DnsReply, later: Step) => void) => void;

const dnsPort = 53;
const connectionsMax = 1_000;
/** No query is longer than this; who announces more does not speak DNS. */
const queryBytesMax = 4_096;

/** No connections yet. */
export function createConnections(serve: ServeQuestion): Connections {
  /** Which computer has brought what comes from an IP: what goes there it takes back. */
  const computers = new Map<string, Address>();
  let armedMs: number | undefined;

  const transport = createTransport<Step>({
    send(packet, at) {
      const computer = computers.get(packet.target.ip);
      if (computer !== undefined) at.send(computer, packet);
    },
    offered(end, at) {
      const isWanted = end.local.port === dnsPort && transport.size <= connectionsMax;
      if (isWanted) transport.accept(end, reader(), at);
      else transport.refuse(end, at);
    },
    gone({ remote }) {
      const isLast = [...transport.ends()].every((each) => each.remote.ip !== remote.ip);
      // What is told at the end of a connection still finds its way.
      if (isLast && computers.size > connectionsMax) computers.delete(remote.ip);
    },
  });

  function arm(step: Step): void {
    const nextMs = transport.nextWakeMs();
    if (nextMs === armedMs) return;
    armedMs = nextMs;
    if (nextMs === undefined) step.cancel("connections");
    else step.timer("connections", Math.max(0, nextMs - step.uptimeMs));
  }

  /** What one connection does: answers queries as answers come, and ends when its client has ended. */
  function reader(): EndHandlers<Step> {
    let buffered: Buffer = Buffer.alloc(0);
    let underWay = 0;
    let isEnding = false;

    const send = (end: End, bytes: Buffer, at: Step) =>
      transport.write(end, { data: framed(bytes).toString("latin1"), isLast: false }, at);
    const finish = (end: End, at: Step) => {
      if (isEnding && underWay === 0) transport.write(end, { data: "", isLast: true }, at);
    };
    const answer = (end: End, message: Buffer, at: Step) => {
      const parsed = parseQuery(message);
      if (parsed.kind === "refused") send(end, parsed.bytes, at);
      if (parsed.kind !== "query") return;
      const { query } = parsed;
      underWay++;
      serve(query.question, at, (reply, later) => {
        underWay--;
        send(end, encodeReply(query, reply, "tcp"), later);
        finish(end, later);
        arm(later);
      });
    };

    return {
      opened() {},
      failed() {},
      taken() {},
      broken() {},
      received(end, { data, isLast }, at) {
        transport.take(end, data.length, at);
        const { messages, rest } = unframe(Buffer.concat([buffered, Buffer.from(data, "latin1")]));
        buffered = rest;
        if (rest.length > queryBytesMax) {
          transport.reset(end, at);
          return;
        }
        for (const message of messages) answer(end, message, at);
        isEnding ||= isLast;
        finish(end, at);
      },
    };
  }

  return {
    receive({ from, body }, step) {
      computers.set(body.source.ip, from);
      transport.receive(body, step);
      arm(step);
    },
    wake(step) {
      armedMs = undefined;
      transport.wake(step);
      arm(step);
    },
  };
}
