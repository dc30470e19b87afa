import { setup } from "xstate";
import type { NetAnswer, NetMessage, NetRequest } from "../../../runtime/devices/messages.ts";
import { type ActorDefinition, type ChartTypes, defineActor, reducers, type Step } from "../../../runtime/mod.ts";

type Request = Extract<NetMessage, { readonly type: "net.request" }>;

/** Where a front listens, and with which certificates. */
export interface FrontInput {
  readonly port: number;
  readonly tls?: { readonly key: string; readonly cert: string; readonly clientCa: string };
}

interface FrontData {
  port: number;
  served: number;
  /** Whose body each question to the device is about. */
  readonly reads: Map<number, number>;
}

const { on, begin, when } = reducers<FrontData, Request | { readonly type: "front.port" }>();

const limits = { bytesMax: 3 * 1024 * 1024, withinMs: 60_000 };

function echo(step: Step, exchange: number, body: string) {
  const headers = { "Content-Type": "application/json" };
  step.device("net", { op: "respond", exchange, code: 200, headers, body, end: true } satisfies NetRequest);
}

/** Answers every HTTP request with what it was sent: for tests and measurements of the net device in a worker. */
export const front: ActorDefinition<FrontInput> = defineActor<FrontInput>({
  kind: "front",
  module: import.meta.url,
  permissions: { net: ["127.0.0.1"] },
  machine: setup({
    types: {} as ChartTypes<FrontData, Request | { readonly type: "front.port" }, FrontInput>,
    actions: {
      listening: on("reply", (data, { body }) => {
        const answer = body as NetAnswer;
        if (answer.ok && answer.port !== undefined) data.port = answer.port;
      }),
      serve: on("net.request", (data, { body: { exchange, hasBody } }, step) => {
        data.served++;
        if (!hasBody) return echo(step, exchange, "");
        data.reads.set(step.device("net", { op: "read", exchange, ...limits } satisfies NetRequest), exchange);
      }),
      answer: on("reply", (data, { ask, body }, step) => {
        const exchange = data.reads.get(ask);
        if (exchange === undefined) return;
        data.reads.delete(ask);
        const answer = body as NetAnswer;
        if (answer.ok) echo(step, exchange, answer.body ?? "");
      }),
      port: on("front.port", ({ port }, mail, step) => step.reply(mail, port)),
    },
    guards: { isListening: when((data) => data.port !== 0) },
  }).createMachine({
    id: "front",
    initial: "opening",
    context: begin(({ port, tls }: FrontInput, step) => {
      step.device("net", { op: "listen", host: "127.0.0.1", port, ...(tls ? { tls } : {}) } satisfies NetRequest);
      return { port: 0, served: 0, reads: new Map() };
    }),
    states: {
      opening: { on: { reply: { actions: "listening" } }, always: { guard: "isListening", target: "serving" } },
      serving: {
        on: {
          "net.request": { actions: "serve" },
          reply: { actions: "answer" },
          "front.port": { actions: "port" },
        },
      },
    },
  }),
});
