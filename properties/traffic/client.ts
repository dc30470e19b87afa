import { setup } from "xstate";
import type { Packet } from "../../actors/network/packet.ts";
import { type ChartTypes, defineActor, reducers, type Step } from "../../runtime/mod.ts";
import { createClientData, settle, type TrafficData, type TrafficInput } from "./client_data.ts";
import { exchange } from "./exchange.ts";
import { finaleIdFirst } from "./traffic_plan.ts";

/** All is over and well: each node is sent some more requests. */
export interface TrafficFinale {
  readonly type: "traffic.finale";
}

type TrafficMessage = Packet | TrafficFinale;

/** A client gives up that hears nothing for so long. */
export const giveUpMs = 30_000;
const finaleEach = 2;
const { act, on, begin } = reducers<TrafficData, TrafficMessage>();

/** Sends what is due, gives up what has taken too long, and sets the timer for what is next. */
function proceed(data: TrafficData, step: Step) {
  const { waiting, transport, open } = data;
  while ((waiting[0]?.atMs ?? Number.POSITIVE_INFINITY) <= step.uptimeMs) {
    const request = waiting.shift();
    if (request) exchange(data, request, step);
  }
  for (const [record, end] of open) {
    if (record.sentAtMs + giveUpMs > step.uptimeMs) break;
    settle(data, record, { kind: "silence" }, step);
    transport.reset(end, step);
  }
  transport.wake(step);
  plan(data, step);
}

/** One timer for all that is waited for. */
function plan({ waiting, transport, open }: TrafficData, step: Step) {
  const [oldest] = open.keys();
  const nextMs = Math.min(
    waiting[0]?.atMs ?? Number.POSITIVE_INFINITY,
    transport.nextWakeMs() ?? Number.POSITIVE_INFINITY,
    oldest ? oldest.sentAtMs + giveUpMs : Number.POSITIVE_INFINITY,
  );
  if (nextMs < Number.POSITIVE_INFINITY) step.timer("due", Math.max(0, nextMs - step.uptimeMs));
  else step.cancel("due");
}

/** Sends each node some requests that nothing may keep from being answered. */
function finale({ input, waiting }: TrafficData, step: Step) {
  for (let turn = 0; turn < finaleEach * input.nodes.length; turn++) {
    waiting.push({ id: finaleIdFirst + turn, atMs: step.uptimeMs, node: turn, bytes: 10, answerBytes: 10, workMs: 0 });
  }
}

/** A client outside of the cluster: sends its requests to nodes' ports, each over a connection of its own. */
export const traffic = defineActor<TrafficInput>({
  kind: "traffic",
  module: import.meta.url,
  digest: ({ begun, ended }: TrafficData) => begun.length * 65_536 + ended.length,
  machine: setup({
    types: {} as ChartTypes<TrafficData, TrafficMessage, TrafficInput>,
    actions: {
      proceed: act((data, _event, step) => proceed(data, step)),
      receive: on("packet", (data, { body }, step) => {
        data.transport.receive(body, step);
        plan(data, step);
      }),
      finale: on("traffic.finale", (data, _event, step) => {
        finale(data, step);
        proceed(data, step);
      }),
    },
  }).createMachine({
    id: "traffic",
    context: begin((input: TrafficInput) => createClientData(input)),
    initial: "asking",
    states: {
      asking: {
        entry: "proceed",
        on: {
          packet: { actions: "receive" },
          "traffic.finale": { actions: "finale" },
          "timer.due": { actions: "proceed" },
        },
      },
    },
  }),
});
