import type { ActorEvent, Message, RuntimeEvent } from "./actor.ts";
import { type Boxed, currentStep } from "./machine.ts";
import type { ChartArguments, JudgingGuard, ReducerAction } from "./route.ts";
import type { Step } from "./step.ts";

/** Handles one event: it may change the actor's own data in place, and leaves effects in the step. */
export type Handler<Data, Event> = (data: Data, event: Event, step: Step) => void;

/** A handler for each message of `M`, and for those events of the runtime that matter. */
export type HandlerTable<Data, M extends Message> = {
  readonly [Type in M["type"]]: Handler<Data, Extract<ActorEvent<M>, { readonly type: Type }>>;
} & {
  readonly [Type in RuntimeEvent["type"]]?: Handler<Data, Extract<RuntimeEvent, { readonly type: Type }>>;
};

/** What a chart does about its events: each action runs the handler of its event, and is called as the event. */
export interface Handlers<Data, M extends Message> {
  /** For the `on` of a state, or of the whole chart. */
  readonly on: PerEvent<M, { readonly actions: ReducerAction<Data> }>;
  /** One by one, for a transition that also leads elsewhere: `{ target: "closed", actions: open.actions["shop.order"] }`. */
  readonly actions: PerEvent<M, ReducerAction<Data>>;
}

type PerEvent<M extends Message, Value> = { readonly [Type in M["type"]]: Value } & {
  readonly [Type in RuntimeEvent["type"]]?: Value;
};

/**
 * Declares what an actor does about its events: once, and typed by the messages that it can be sent. The table has a
 * handler for every message of `M`, and for those of the runtime's own events (`reply`, `failed`, `down`,
 * `timer.NAME`, ...) that matter. A message that is forgotten, one that nobody sends, and a handler for another
 * message do not compile.
 *
 * `on` of what comes out goes into the chart as it is. States that handle an event in different ways have a table
 * each; `M` is then what that state takes.
 *
 * @example
 * const open = handlers<ShopData, Order | Question>({
 *   "shop.order": (data, { body }, step) => bake(data, body, step),
 *   "shop.question": (data, mail, step) => step.reply(mail, { left: data.left }),
 *   "timer.delivery": (data, _event, step) => stockUp(data, step),
 * })
 * const closed = handlers<ShopData, Order>({ "shop.order": (_data, mail, step) => step.reply(mail, "closed") })
 * const { begin, when } = reducers<ShopData, Order | Question>()
 * const machine = setup({
 *   types: {} as ChartTypes<ShopData, Order | Question, ShopInput>,
 *   guards: { soldOut: when(({ left }) => left === 0) },
 * }).createMachine({
 *   context: begin((input: ShopInput) => createShop(input)),
 *   initial: "open",
 *   states: {
 *     open: { on: { ...open.on, stop: "ended" }, always: { guard: "soldOut", target: "closed" } },
 *     closed: { on: { ...closed.on, stop: "ended" } },
 *     ended: { type: "final" },
 *   },
 * })
 */
export function handlers<Data, M extends Message>(table: HandlerTable<Data, M>): Handlers<Data, M> {
  const named = Object.entries(table as Readonly<Record<string, Handler<Data, never>>>).map(
    // XState's tools call an action as its function is called.
    ([type, handle]) => [type, Object.defineProperty(action(handle), "name", { value: type })] as const,
  );
  const on = Object.fromEntries(named.map(([type, actions]) => [type, { actions }]));
  return { on, actions: Object.fromEntries(named) } as unknown as Handlers<Data, M>;
}

/** What `setup` is told of a chart: `types: {} as ChartTypes<Data, Messages, Input>`. */
export interface ChartTypes<Data, M extends Message, Input = unknown> {
  readonly context: Boxed<Data>;
  readonly events: ActorEvent<M>;
  readonly input: Input;
}

function action<Data>(reduce: Handler<Data, never>): ReducerAction<Data> {
  return Object.assign(
    ({ context, event }: ChartArguments<Data>) => reduce(context.data, event as never, currentStep()),
    { reduce },
  );
}

/**
 * The typed tools to write a chart with, beside the handlers of its events.
 *
 * - `act(reducer)`: what happens on the way: on entry, on exit, after a delay
 * - `when(judge)`: a guard, by the actor's data
 * - `begin(init)`: the chart's `context`, from the input and the first step
 */
export function reducers<Data, M extends Message>() {
  return {
    on: <Type extends ActorEvent<M>["type"]>(
      _type: Type,
      reduce: Handler<Data, Extract<ActorEvent<M>, { readonly type: Type }>>,
    ) => action(reduce as Handler<Data, never>),
    act: (reduce: Handler<Data, ActorEvent<M>>) => action(reduce as Handler<Data, never>),
    when: (judge: (data: Data, event: ActorEvent<M>) => boolean): JudgingGuard<Data> =>
      Object.assign(({ context, event }: ChartArguments<Data>) => judge(context.data, event as ActorEvent<M>), {
        judge: judge as (data: Data, event: never) => boolean,
      }),
    begin:
      <Input>(init: (input: Input, step: Step) => Data) =>
      ({ input }: { input: Input }): Boxed<Data> => ({ data: init(input, currentStep()) }),
  };
}
