import { setup } from "xstate";
import {
  createLine,
  type Heard,
  hear,
  type Saying,
  type StreamLine,
  say,
  sayTaken,
} from "../../../actors/network/stream_line.ts";
import {
  type StreamAnswer,
  type StreamClose,
  type StreamMessage,
  type StreamPurpose,
  streamWindow,
} from "../../../actors/network/streams.ts";
import { type Address, type ChartTypes, defineActor, type Mail, reducers, type Step } from "../../../runtime/mod.ts";

/** What a test client has seen of one stream. */
export interface SeenStream {
  readonly line: StreamLine;
  answer: StreamAnswer | undefined;
  /** All pieces, by channel. */
  readonly text: Record<string, string>;
  close: StreamClose | undefined;
  isEnded: boolean;
  /** What it says is broken: it will not go on. */
  isBroken: boolean;
  /** Characters that it has not taken yet. */
  untaken: number;
}

/** What a test client has seen, by the numbers of its streams. */
export interface TestClientData {
  readonly seen: Map<number, SeenStream>;
  readonly opening: Map<number, number>;
  /** Whether it takes what it gets at once. */
  isTaking: boolean;
}

/** Has a test client open a stream, or say something on one. */
export type TestClientMessage =
  | { readonly type: "test.open"; readonly to: Address; readonly stream: number; readonly purpose: StreamPurpose }
  | { readonly type: "test.say"; readonly to: Address; readonly stream: number; readonly saying: Saying }
  /** From now on it takes what it gets, or leaves it. */
  | { readonly type: "test.take"; readonly to: Address; readonly isTaking: boolean };

const { on, act, begin } = reducers<TestClientData, TestClientMessage | StreamMessage>();

/** Takes what a stream brought. */
function take(data: TestClientData, one: SeenStream, heard: Heard, from: Address, step: Step) {
  if (heard.type === "stream.end") one.isEnded = true;
  if (heard.type === "stream.close") one.close = heard;
  if (heard.type === "broken") one.isBroken = true;
  if (heard.type !== "stream.data") return;
  if (one.close) throw new Error(`Cannot take data of stream ${heard.stream}: it is not open`);
  one.text[heard.channel] = (one.text[heard.channel] ?? "") + heard.data;
  one.untaken += heard.data.length;
  if (one.untaken > streamWindow) throw new Error(`Cannot take ${one.untaken} characters: that is too much`);
  if (data.isTaking) takeAll(one, from, step);
}

function takeAll(one: SeenStream, from: Address, step: Step) {
  step.send(from, sayTaken(one.line, one.untaken));
  one.untaken = 0;
}

/** Somebody who opens streams to a kubelet, as an API server does. */
export const testClient = defineActor<undefined>({
  kind: "test_client",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<TestClientData, TestClientMessage | StreamMessage>,
    actions: {
      open: on("test.open", ({ opening, seen }, { body }, step) => {
        const { to, stream, purpose } = body;
        const line = createLine(stream, step.uptimeMs);
        const nothing = { answer: undefined, text: {}, close: undefined, isEnded: false, isBroken: false, untaken: 0 };
        seen.set(stream, { line, ...nothing });
        opening.set(step.ask(to, { type: "stream.open", stream, purpose } as StreamMessage, 60_000), stream);
      }),
      say: on("test.say", ({ seen }, { body: { to, stream, saying } }, step) => {
        const one = seen.get(stream);
        if (one) step.send(to, say(one.line, saying, step.uptimeMs));
      }),
      take: on("test.take", (data, { body }, step) => {
        data.isTaking = body.isTaking;
        for (const one of data.seen.values()) if (body.isTaking && one.untaken > 0) takeAll(one, body.to, step);
      }),
      answered: on("reply", ({ opening, seen }, { ask, body }) => {
        const one = seen.get(opening.get(ask) ?? 0);
        if (one) one.answer = body as StreamAnswer;
      }),
      hear: act((data, event, step) => {
        const { body, from } = event as unknown as Mail<StreamMessage>;
        const one = data.seen.get(body.stream);
        if (!one) throw new Error(`Cannot take ${body.type} of stream ${body.stream}: it was never opened`);
        for (const heard of hear(one.line, body, step.uptimeMs)) take(data, one, heard, from, step);
        if (body.type !== "stream.alive" || one.line.isOver) return;
        const { stream, said: sequence, takenHere: total } = one.line;
        step.send(from, { type: "stream.alive", stream, sequence, total } as StreamMessage);
      }),
    },
  }).createMachine({
    id: "test_client",
    context: begin(() => ({ seen: new Map(), opening: new Map(), isTaking: true })),
    initial: "running",
    on: {
      "test.open": { actions: "open" },
      "test.say": { actions: "say" },
      "test.take": { actions: "take" },
      reply: { actions: "answered" },
      "stream.*": { actions: "hear" },
    },
    states: { running: {} },
  }),
});
