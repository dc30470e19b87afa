import { setup } from "xstate";
import type { EndHandlers, Transport } from "../../../actors/network/connection.ts";
import type { Packet } from "../../../actors/network/packet.ts";
import { createTransport } from "../../../actors/network/transport.ts";
import { type Address, type ChartTypes, defineActor, reducers, type Step } from "../../../runtime/mod.ts";

/** What a computer does with connections that come to it. */
export type FakeBehaviour =
  /** Says its name, then what it hears, and ends when its client does. */
  | "echo"
  | "refuse"
  /** Answers nothing at all. */
  | "silent"
  /** Reads nothing. */
  | "deaf"
  /** Breaks a connection at the first word. */
  | "break";

/** The input of a fake computer. */
export interface FakeComputerInput {
  readonly name: string;
  readonly behaviour: FakeBehaviour;
  /** Where all packets go. */
  readonly gateway: Address;
}

/** What it keeps, for tests to see. */
export interface FakeComputerData {
  behaviour: FakeBehaviour;
  /** Connections that broke. */
  broken: number;
  readonly transport: Transport<Step>;
  /** What was heard, by the remote port, in the order of the connections. */
  readonly heard: Map<number, string>;
}

const { on, act, begin } = reducers<FakeComputerData, Packet>();

function createData({ name, behaviour, gateway }: FakeComputerInput): FakeComputerData {
  const transport: Transport<Step> = createTransport<Step>({
    send: (packet, step) => step.send(gateway, packet),
    offered(end, step) {
      data.heard.set(end.remote.port, "");
      if (data.behaviour === "refuse") return transport.refuse(end, step);
      if (data.behaviour === "silent") return;
      transport.accept(end, handlers, step);
      if (data.behaviour === "echo") transport.write(end, { data: `${name}: `, isLast: false }, step);
    },
  });
  const handlers: EndHandlers<Step> = {
    opened() {},
    failed() {},
    received(end, piece, step) {
      const { port } = end.remote;
      data.heard.set(port, (data.heard.get(port) ?? "") + piece.data);
      if (data.behaviour === "break") return transport.reset(end, step);
      if (data.behaviour !== "echo") return;
      transport.take(end, piece.data.length, step);
      transport.write(end, piece, step);
    },
    taken() {},
    broken() {
      data.broken++;
    },
  };
  const data: FakeComputerData = { behaviour, broken: 0, transport, heard: new Map() };
  return data;
}

/** The other end of what the gateway carries: a computer without rules or containers. */
export const fakeComputer = defineActor<FakeComputerInput>({
  kind: "fake_computer",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<FakeComputerData, Packet, FakeComputerInput>,
    actions: {
      receive: on("packet", ({ transport }, { body }, step) => {
        transport.receive(body, step);
        arm(transport, step);
      }),
      wake: act(({ transport }, _event, step) => {
        transport.wake(step);
        arm(transport, step);
      }),
    },
  }).createMachine({
    id: "fakeComputer",
    context: begin((input: FakeComputerInput) => createData(input)),
    initial: "running",
    states: { running: { on: { packet: { actions: "receive" }, "timer.network": { actions: "wake" } } } },
  }),
});

function arm(transport: Transport<Step>, step: Step) {
  const wakesAtMs = transport.nextWakeMs();
  if (wakesAtMs !== undefined) step.timer("network", Math.max(0, wakesAtMs - step.uptimeMs));
}
