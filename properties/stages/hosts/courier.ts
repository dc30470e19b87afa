import { setup } from "xstate";
import { type Address, type ChartTypes, defineActor, handlers, reducers } from "../../../runtime/mod.ts";

/** What couriers carry between each other. */
export type CourierMessage =
  /** Sends so many parcels, a burst at a time, and answers when all were acknowledged. */
  | { readonly type: "courier.run"; readonly to: Address; readonly count: number; readonly burst: number }
  | { readonly type: "courier.parcel"; readonly content: string; readonly isLast: boolean }
  | { readonly type: "courier.thanks" };

interface CourierData {
  to: Address;
  left: number;
  burst: number;
  client: { from: Address; ask: number };
  received: number;
}

const { begin } = reducers<CourierData, CourierMessage>();

function sendBurst(data: CourierData, send: (to: Address, body: CourierMessage) => void) {
  const size = Math.min(data.burst, data.left);
  data.left -= size;
  for (let i = 1; i <= size; i++) {
    send(data.to, { type: "courier.parcel", content: "a parcel of some size", isLast: i === size });
  }
}

const working = handlers<CourierData, CourierMessage>({
  "courier.run": (data, { body, from, ask }, step) => {
    Object.assign(data, { to: body.to, left: body.count, burst: body.burst, client: { from, ask } });
    // Two windows are under way at any time: one on the road while the other is thanked for.
    sendBurst(data, step.send);
    sendBurst(data, step.send);
  },
  "courier.parcel": (data, { body, from }, step) => {
    data.received++;
    if (body.isLast) step.send(from, { type: "courier.thanks" } as CourierMessage);
  },
  "courier.thanks": (data, _mail, step) => {
    if (data.left > 0) sendBurst(data, step.send);
    else if (data.client.ask !== 0) {
      step.reply(data.client, { done: true });
      data.client = { from: "", ask: 0 };
    }
  },
});

/** Sends many messages with bounded windows: for measuring how fast they travel. */
export const courier = defineActor<undefined>({
  kind: "courier",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<CourierData, CourierMessage, undefined>,
  }).createMachine({
    id: "courier",
    initial: "working",
    context: begin(() => ({ to: "", left: 0, burst: 0, client: { from: "", ask: 0 }, received: 0 })),
    states: {
      working: { on: working.on },
    },
  }),
});
