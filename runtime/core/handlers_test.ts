import { createActor, type InspectionEvent, setup } from "xstate";
import { assert, test } from "../../properties/house/test.ts";
import type { Mail } from "./actor.ts";
import { type ChartTypes, handlers, reducers } from "./handlers.ts";
import { startMachine, within } from "./machine.ts";
import { createStep } from "./step.ts";

type Order = { readonly type: "shop.order"; readonly loaves: number };
type Question = { readonly type: "shop.question" };
interface ShopData {
  left: number;
}

const { begin, when } = reducers<ShopData, Order | Question>();
const open = handlers<ShopData, Order | Question>({
  "shop.order": (data, { body }) => {
    data.left -= body.loaves;
  },
  "shop.question": (data, mail, step) => step.reply(mail, data.left),
  "timer.delivery": (data) => {
    data.left += 10;
  },
});
const closed = handlers<ShopData, Order>({ "shop.order": (_data, mail, step) => step.reply(mail, "closed") });
const kept = { left: 0 };
const shop = setup({
  types: {} as ChartTypes<ShopData, Order | Question, number>,
  guards: { soldOut: when(({ left }) => left <= 0), stocked: when(({ left }) => left > 0) },
}).createMachine({
  context: begin((left: number) => Object.assign(kept, { left })),
  initial: "open",
  states: {
    open: { on: { ...open.on, stop: "ended" }, always: { guard: "soldOut", target: "closed" } },
    closed: {
      on: { ...closed.on, "timer.delivery": { target: "open", actions: open.actions["timer.delivery"] ?? [] } },
    },
    ended: { type: "final" },
  },
});

function started(left: number) {
  const control = createStep({ self: "shop", parent: "", incarnation: 0, randomKey: 1 });
  const machine = startMachine(shop, left, control);
  return { machine, control };
}

function order(loaves: number): Mail<Order> {
  return { type: "shop.order", body: { type: "shop.order", loaves }, from: "test", ask: 7 };
}

test("handlers() wires each phase with its own handlers, and a transition with one of another phase", () => {
  const { machine, control } = started(3);
  machine.deliver(order(3));
  assert.equal(machine.phase(), "closed");
  machine.deliver(order(1));
  assert.deepEqual(control.takeEffects(), [{ kind: "reply", to: "test", id: 7, body: "closed" }]);
  machine.deliver({ type: "timer.delivery" });
  assert.deepEqual([machine.phase(), machine.data()], ["open", { left: 10 }]);
});

test("handlers() leaves to XState only what the chart decides", () => {
  const { machine } = started(30);
  for (let i = 0; i < 10; i++) machine.deliver(order(1));
  assert.equal(machine.charted(), 0);
});

test("handlers() calls each action as its event is called, for those who watch with XState's inspector", () => {
  const { step } = createStep({ self: "shop", parent: "", incarnation: 0, randomKey: 1 });
  const seen: string[] = [];
  const inspect = (event: InspectionEvent) => void (event.type === "@xstate.action" && seen.push(event.action.type));
  const actor = within(step, () => createActor(shop, { input: 5, inspect }).start());
  within(step, () => actor.send(order(2)));
  assert.deepEqual([seen, actor.getSnapshot().context.data], [["shop.order"], { left: 3 }]);
});

test("begin() boxes the data, so that who made them holds the same object as the chart, and as XState's own actor", () => {
  const { machine } = started(5);
  assert.equal(machine.data(), kept);
  const { step } = createStep({ self: "shop", parent: "", incarnation: 0, randomKey: 1 });
  const actor = within(step, () => createActor(shop, { input: 5 }).start());
  assert.equal(actor.getSnapshot().context.data, kept);
});

/** Never run: each of these has a wire that is wrong, and the compiler says so. */
export const wrongWires = [
  // @ts-expect-error: nobody sends this
  () => handlers<ShopData, Order>({ "shop.order": () => {}, "shop.odrer": () => {} }),
  // @ts-expect-error: a message is forgotten
  () => handlers<ShopData, Order | Question>({ "shop.order": () => {} }),
  // @ts-expect-error: this message has no such field
  () => handlers<ShopData, Order>({ "shop.order": (_data, { body }) => body.rolls }),
  // @ts-expect-error: a handler for another message
  () => handlers<ShopData, Order>({ "shop.order": open.actions["shop.question"] }),
  // @ts-expect-error: the runtime has no such event
  () => handlers<ShopData, never>({ replied: () => {} }),
  // @ts-expect-error: data of another actor
  () => setup({ types: {} as ChartTypes<{ right: number }, Order> }).createMachine({ on: closed.on }),
  // @ts-expect-error: the chart does not take this message
  () => setup({ types: {} as ChartTypes<ShopData, Question> }).createMachine({ on: closed.on }),
];
