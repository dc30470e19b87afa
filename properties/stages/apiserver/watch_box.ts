import { setup } from "xstate";
import type { ApiRequest, ApiServerMessage, WatchEvent } from "../../../actors/apiserver/messages.ts";
import { type Address, type ChartTypes, defineActor, reducers } from "../../../runtime/mod.ts";

/** What a box has been told by the watch that it opened. */
export interface WatchBox {
  events: WatchEvent[];
  /** Pieces that came, without those that only say which was the last. */
  pieces: number;
  /** Signs that the stream lives: which piece was the last. */
  signs: number;
  /** Whether a piece did not have the sequence that was next. */
  gap: boolean;
  closed: boolean;
  code: number;
  body: string;
}

/** Opens one watch and keeps all that it is told. */
export interface WatchBoxInput {
  readonly server: Address;
  readonly request: ApiRequest;
  /** Whether the request comes twice, as a faulty network delivers it. Default false. */
  readonly twice?: boolean;
}

const { on, begin } = reducers<WatchBox, ApiServerMessage>();

const machine = setup({
  types: {} as ChartTypes<WatchBox, ApiServerMessage, WatchBoxInput>,
  actions: {
    opened: on("reply", (box, { body }) => {
      const { code, body: text } = body as { code: number; body: string };
      box.code = code;
      box.body = text;
    }),
    piece: on("api.watch", (box, { body }) => {
      for (const { sequence, events } of body.pieces) {
        if (events) box.pieces++;
        else box.signs++;
        box.gap ||= sequence !== box.pieces;
        box.events.push(...(events ?? []));
      }
    }),
    closed: on("api.watch.closed", (box) => {
      box.closed = true;
    }),
  },
}).createMachine({
  id: "watchBox",
  context: begin(({ server, request, twice = false }: WatchBoxInput, step) => {
    step.ask(server, request, 10_000);
    if (twice) step.ask(server, request, 10_000);
    return { events: [], pieces: 0, signs: 0, gap: false, closed: false, code: 0, body: "" };
  }),
  initial: "open",
  states: {
    open: {
      on: {
        reply: { actions: "opened" },
        "api.watch": { actions: "piece" },
        "api.watch.closed": { actions: "closed" },
      },
    },
  },
});

/** An actor that opens a watch and keeps what it is told. */
export const watchBox = defineActor<WatchBoxInput>({ kind: "watchBox", module: import.meta.url, machine });
