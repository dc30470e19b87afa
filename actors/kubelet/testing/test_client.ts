import { setup } from "xstate";
import { type ActorEvent, type Address, defineActor, reducers } from "../../../runtime/mod.ts";
import {
  type StreamAnswer,
  type StreamClose,
  type StreamMessage,
  type StreamPurpose,
  streamWindow,
} from "../../network/streams.ts";

/** What a test client has seen of one stream. */
export interface SeenStream {
  answer: StreamAnswer | undefined;
  /** All pieces, by channel. */
  readonly text: Record<string, string>;
  close: StreamClose | undefined;
  isEnded: boolean;
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
  | { readonly type: "test.say"; readonly to: Address; readonly message: StreamMessage }
  /** From now on it takes what it gets, or leaves it. */
  | { readonly type: "test.take"; readonly to: Address; readonly isTaking: boolean };

const { on, act, begin } = reducers<TestClientData, TestClientMessage | StreamMessage>();

/** Somebody who opens streams to a kubelet, as an API server does. */
export const testClient = defineActor<undefined>({
  kind: "test_client",
  module: import.meta.url,
  machine: setup({
    types: {} as { context: TestClientData; events: ActorEvent<TestClientMessage | StreamMessage> },
    actions: {
      open: on("test.open", ({ opening, seen }, { body }, step) => {
        const { to, stream, purpose } = body;
        seen.set(stream, { answer: undefined, text: {}, close: undefined, isEnded: false, untaken: 0 });
        opening.set(step.ask(to, { type: "stream.open", stream, purpose } as StreamMessage, 60_000), stream);
      }),
      say: on("test.say", (_data, { body }, step) => step.send(body.to, body.message)),
      take: on("test.take", (data, { body }, step) => {
        data.isTaking = body.isTaking;
        for (const [stream, one] of data.seen) {
          if (!body.isTaking || one.untaken === 0) continue;
          step.send(body.to, { type: "stream.taken", stream, size: one.untaken } as StreamMessage);
          one.untaken = 0;
        }
      }),
      answered: on("reply", ({ opening, seen }, { ask, body }) => {
        const one = seen.get(opening.get(ask) ?? 0);
        if (one) one.answer = body as StreamAnswer;
      }),
      data: on("stream.data", (data, { body, from }, step) => {
        const one = data.seen.get(body.stream);
        if (!one || one.close) throw new Error(`Cannot take data of stream ${body.stream}: it is not open`);
        one.text[body.channel] = (one.text[body.channel] ?? "") + body.data;
        one.untaken += body.data.length;
        if (one.untaken > streamWindow) throw new Error(`Cannot take ${one.untaken} characters: that is too much`);
        if (!data.isTaking) return;
        step.send(from, { type: "stream.taken", stream: body.stream, size: one.untaken } as StreamMessage);
        one.untaken = 0;
      }),
      end: on("stream.end", ({ seen }, { body }) => {
        const one = seen.get(body.stream);
        if (one) one.isEnded = true;
      }),
      close: on("stream.close", ({ seen }, { body }) => {
        const one = seen.get(body.stream);
        if (one) one.close = body;
      }),
      noop: act(() => {}),
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
      "stream.data": { actions: "data" },
      "stream.taken": { actions: "noop" },
      "stream.end": { actions: "end" },
      "stream.close": { actions: "close" },
    },
    states: { running: {} },
  }),
});
