import { setup } from "xstate";
import type { End, EndHandlers, Transport } from "../../actors/network/connection.ts";
import { httpServer } from "../../actors/network/http/http_server.ts";
import type { Packet } from "../../actors/network/packet.ts";
import { createTransport } from "../../actors/network/transport.ts";
import { type ChartTypes, defineActor, reducers, type Step } from "../../runtime/mod.ts";
import { type TrafficAnswer, wishOf } from "./answer.ts";
import type { TrafficNode } from "./client_data.ts";
import { lettersOf, sumOf } from "./letters.ts";

/** What a stub of a node is told. */
export interface StubInput {
  /** Who asks it. */
  readonly client: TrafficNode;
  /** How it deals with requests; `mixedUp`: it answers with what another request is owed. */
  readonly manner: "well" | "mixedUp" | "silent" | "refusing" | "breaking";
}

interface StubData {
  readonly input: StubInput;
  readonly transport: Transport<Step>;
}

const { on, act, begin } = reducers<StubData, Packet>();

function createData(input: StubInput): StubData {
  const transport: Transport<Step> = createTransport<Step>({
    send: (packet, step) => step.send(input.client.computer, packet),
    offered(end, step) {
      if (input.manner === "refusing") transport.refuse(end, step);
      else transport.accept(end, serve(transport, { end, input }), step);
    },
  });
  return { input, transport };
}

function serve(
  transport: Transport<Step>,
  { end, input }: { readonly end: End; readonly input: StubInput },
): EndHandlers<Step> {
  let step: Step | undefined;
  let [url, letters] = ["", ""];
  const now = (): Step => step as Step;
  const http = httpServer({
    request: (head) => {
      url = head.url;
    },
    chunk: (piece) => {
      letters += piece;
    },
    end() {
      if (input.manner === "silent") return;
      if (input.manner === "breaking") return transport.reset(end, now());
      const { id, answerBytes } = wishOf(url);
      const handler = { pod: "stub", sum: sumOf(letters) };
      const owed = input.manner === "mixedUp" ? id + 1 : id;
      const answer: TrafficAnswer = { id, front: handler, back: handler, letters: lettersOf(owed, answerBytes) };
      http.head({ status: 200, headers: [] });
      http.chunk(JSON.stringify(answer));
      http.end();
    },
    write: (data, isLast) => transport.write(end, { data, isLast }, now()),
    broken: () => transport.reset(end, now()),
    used: () => {},
  });
  return {
    opened: () => {},
    failed: () => {},
    received(same, { data, isLast }, at) {
      step = at;
      transport.take(same, data.length, at);
      http.receive(data);
      if (isLast) http.receiveEnd();
    },
    taken: () => {},
    broken: () => {},
  };
}

function plan({ transport }: StubData, step: Step) {
  const nextMs = transport.nextWakeMs();
  if (nextMs === undefined) step.cancel("wake");
  else step.timer("wake", Math.max(0, nextMs - step.uptimeMs));
}

/** Stands in for a node and all that is behind its port, for tests of the client and of what is judged by it. */
export const nodeStub = defineActor<StubInput>({
  kind: "node_stub",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<StubData, Packet, StubInput>,
    actions: {
      receive: on("packet", (data, { body }, step) => {
        data.transport.receive(body, step);
        plan(data, step);
      }),
      wake: act((data, _event, step) => {
        data.transport.wake(step);
        plan(data, step);
      }),
    },
  }).createMachine({
    id: "node_stub",
    context: begin((input: StubInput) => createData(input)),
    initial: "serving",
    states: { serving: { on: { packet: { actions: "receive" }, "timer.wake": { actions: "wake" } } } },
  }),
});
