import type { Mail, Step } from "../../runtime/mod.ts";
import { type Datagram, refusalOf } from "../network/datagram.ts";
import { encodeReply, parseQuery } from "../network/dns/wire.ts";
import type { DnsQuestion } from "./messages.ts";
import type { Answer } from "./server.ts";

const dnsPort = 53;

/** Answers a datagram that a computer of the cluster has carried here, with another one. */
export function serveDatagram(
  { from, body }: Mail<Datagram>,
  step: Step,
  serve: (question: DnsQuestion, answer: Answer) => void,
): void {
  const { source, target, data, isRefusal } = body;
  if (isRefusal) return;
  if (target.port !== dnsPort) {
    step.send(from, refusalOf(body));
    return;
  }
  const reply = (bytes: Buffer, at: Step) => {
    const sent: Datagram = {
      ...{ type: "datagram", source: target, target: source },
      ...{ data: bytes.toString("latin1"), isRefusal: false },
    };
    at.send(from, sent);
  };
  const parsed = parseQuery(Buffer.from(data, "latin1"));
  if (parsed.kind === "refused") reply(parsed.bytes, step);
  if (parsed.kind !== "query") return;
  const { query } = parsed;
  serve(query.question, (answer, later) => reply(encodeReply(query, answer, "udp"), later));
}
