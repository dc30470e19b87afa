import { createActor, setup } from "xstate";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import type { ActorEvent } from "./actor.ts";
import type { Effect } from "./effect.ts";
import { type ChartTypes, handlers, reducers } from "./handlers.ts";
import { startMachine, within } from "./machine.ts";
import { createStep } from "./step.ts";

type LampMessage =
  | { readonly type: "lamp.press" }
  | { readonly type: "lamp.count"; readonly by: number }
  | { readonly type: "lamp.break" };

interface LampData {
  presses: number;
  total: number;
  broken: boolean;
}

const { act, begin, when } = reducers<LampData, LampMessage>();
const { on, actions } = handlers<LampData, LampMessage>({
  "lamp.press": (data, _event, step) => {
    data.presses++;
    step.send("wall", { type: `pressed.${data.presses}.${step.int(1000)}` });
  },
  "lamp.count": (data, { body, from }, step) => {
    data.total += body.by;
    step.reply({ from, ask: 7 }, { total: data.total, drawn: step.int(100) });
  },
  "lamp.break": (data) => {
    data.broken = true;
  },
});
const toBright = { target: "bright", actions: actions["lamp.press"] } as const;

/** A small chart with all that charts here have: reducers, guards, `always`, `after`, entry, nesting, an end. */
const lamp = setup({
  types: {} as ChartTypes<LampData, LampMessage, { total: number }>,
  actions: {
    rest: act((data) => {
      data.presses = 0;
    }),
    greet: act((_data, _event, step) => step.log(`on at ${step.number}`)),
  },
  guards: {
    isWorn: when((data) => data.presses >= 3),
    isBroken: when((data) => data.broken),
  },
}).createMachine({
  id: "lamp",
  context: begin(({ total }: { total: number }) => ({ presses: 0, total, broken: false })),
  initial: "off",
  on: { "lamp.break": on["lamp.break"] },
  always: { guard: "isBroken", target: ".broken" },
  states: {
    off: { on: { ...on, "lamp.press": { ...toBright, target: "on.bright" } } },
    on: {
      initial: "bright",
      entry: "greet",
      always: { guard: "isWorn", target: "off", actions: "rest" },
      states: {
        bright: { after: { 50: "dim" }, on: { "lamp.press": on["lamp.press"] } },
        dim: { on: { "lamp.press": toBright, "lamp.count": on["lamp.count"] } },
      },
    },
    broken: { type: "final" },
  },
});

const mail = fc.oneof(
  { weight: 4, arbitrary: fc.constant<LampMessage>({ type: "lamp.press" }) },
  { weight: 4, arbitrary: fc.nat(9).map((by): LampMessage => ({ type: "lamp.count", by })) },
  { weight: 1, arbitrary: fc.constant<LampMessage>({ type: "lamp.break" }) },
  { weight: 2, arbitrary: fc.constant("dim" as const) },
);
type Happening = LampMessage | "dim";

function toEvent(body: LampMessage): ActorEvent<LampMessage> {
  return { type: body.type, body, from: "test", ask: 0 } as ActorEvent<LampMessage>;
}

/** Runs a script under this runtime; `"dim"` lets the `after` timer run out if it is set. */
function runOurs(script: readonly Happening[]) {
  const control = createStep({ self: "lamp", parent: "", incarnation: 0, randomKey: 1 });
  control.next(0, 0);
  const machine = startMachine(lamp, { total: 0 }, control);
  const timers = new Set<string>();
  const effects: Effect[][] = [];
  const keep = (all: Effect[]) => {
    for (const effect of all) {
      if (effect.kind === "timer") timers.add(effect.name);
      if (effect.kind === "cancel") timers.delete(effect.name);
    }
    effects.push(all.filter(({ kind }) => kind !== "timer" && kind !== "cancel"));
  };
  keep(control.takeEffects());
  for (const each of script) {
    if (machine.ended()) break;
    const [due] = timers;
    if (each === "dim" && !due) continue;
    control.next(0, 0);
    if (each === "dim") timers.delete(due as string);
    machine.deliver(each === "dim" ? { type: due as string } : toEvent(each));
    keep(control.takeEffects());
  }
  return { phase: machine.phase(), data: machine.data(), effects, charted: machine.charted() };
}

/** Runs the same script under XState's own actor, with a clock that only `"dim"` moves. */
function runStock(script: readonly Happening[]) {
  const control = createStep({ self: "lamp", parent: "", incarnation: 0, randomKey: 1 });
  control.next(0, 0);
  const timers = new Map<number, () => void>();
  let names = 0;
  const clock = {
    setTimeout(body: () => void) {
      timers.set(++names, body);
      return names;
    },
    clearTimeout: (name: number) => void timers.delete(name),
  };
  const effects: Effect[][] = [];
  const actor = within(control.step, () => createActor(lamp, { input: { total: 0 }, clock }).start());
  effects.push(control.takeEffects());
  for (const each of script) {
    if (actor.getSnapshot().status !== "active") break;
    const [due] = timers.keys();
    if (each === "dim" && due === undefined) continue;
    control.next(0, 0);
    const fire = timers.get(due as number) as () => void;
    timers.delete(each === "dim" ? (due as number) : 0);
    within(control.step, () => (each === "dim" ? fire() : actor.send(toEvent(each))));
    effects.push(control.takeEffects());
  }
  const { value, context } = actor.getSnapshot();
  return { phase: value, data: context.data, effects };
}

property("startMachine() does what XState's own createActor does, for any mail", [fc.array(mail)], (script) => {
  const { phase, data, effects } = runOurs(script);
  const stock = runStock(script);
  assert.deepEqual({ data, effects }, { data: stock.data, effects: stock.effects });
  assert.equal(phase, typeof stock.phase === "string" ? stock.phase : `on.${(stock.phase as { on: string }).on}`);
});

test("startMachine() spares XState where a phase's reducer decides alone", () => {
  const { charted } = runOurs([{ type: "lamp.count", by: 1 }, { type: "lamp.count", by: 2 }, { type: "lamp.press" }]);
  assert.equal(charted, 1);
});

test("startMachine() crashes with the reducer's own error", () => {
  const control = createStep({ self: "x", parent: "", incarnation: 0, randomKey: 1 });
  const failing = setup({
    types: {} as ChartTypes<LampData, LampMessage>,
    actions: {
      fail: act(() => {
        throw new Error("broken invariant");
      }),
    },
  }).createMachine({
    context: { data: { presses: 0, total: 0, broken: false } },
    initial: "a",
    states: { a: { on: { "lamp.press": { target: "b", actions: "fail" } } }, b: {} },
  });
  const machine = startMachine(failing, undefined, control);
  assert.throws(() => machine.deliver({ type: "lamp.press" }), /broken invariant/);
});
