import type { End, EndHandlers } from "../../actors/network/connection.ts";
import { type HttpClientSink, httpClient } from "../../actors/network/http/http_client.ts";
import { hostPort } from "../../actors/network/ip.ts";
import type { Step } from "../../runtime/mod.ts";
import { pathOf } from "./answer.ts";
import { settle, type TrafficData, type TrafficRecord } from "./client_data.ts";
import { lettersOf } from "./letters.ts";
import { frontNodePort, type TrafficRequest } from "./traffic_plan.ts";

/** Sends a request over a connection of its own; the record that it notes tells what came of it. */
export function exchange(data: TrafficData, request: TrafficRequest, first: Step): void {
  const { input, transport } = data;
  const node = input.nodes[request.node % input.nodes.length];
  if (!node) return;
  const record: TrafficRecord = { request, node, sentAtMs: first.uptimeMs, endedAtMs: 0, outcome: undefined };
  const way = {
    local: { ip: input.ip, port: data.nextPort++ },
    remote: { ip: node.ip, port: frontNodePort },
  };
  /** HTTP knows nothing of steps: whatever it says, it says in the one that is being taken. */
  let step = first;
  let [status, text] = [0, ""];

  const sink: HttpClientSink = {
    head: (head) => {
      status = head.status;
    },
    chunk: (piece) => {
      text += piece;
    },
    end() {
      settle(data, record, { kind: "answer", status, text }, step);
      transport.write(end, { data: "", isLast: true }, step);
    },
    failed(message) {
      settle(data, record, { kind: "error", message }, step);
      transport.reset(end, step);
    },
    write: (piece) => transport.write(end, { data: piece, isLast: false }, step),
    used: () => {},
  };
  const http = httpClient(sink);

  const handlers: EndHandlers<Step> = {
    opened(_end, at) {
      step = at;
      http.request({
        method: "POST",
        target: pathOf(request),
        host: hostPort({ ip: node.ip, port: frontNodePort }),
        headers: [["content-type", "text/plain"]],
        body: lettersOf(request.id, request.bytes),
      });
    },
    failed: (_end, why, at) => settle(data, record, { kind: "error", message: `connect: ${why}` }, at),
    received(same, piece, at) {
      step = at;
      transport.take(same, piece.data.length, at);
      if (piece.data !== "") http.receive(piece.data);
      if (piece.isLast) http.receiveEnd();
    },
    taken: () => {},
    broken: (_end, why, at) => settle(data, record, { kind: "error", message: `connection: ${why}` }, at),
  };
  const end: End = transport.open(way, handlers, first);
  data.begun.push(record);
  data.open.set(record, end);
}
