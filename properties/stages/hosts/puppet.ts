import { setup } from "xstate";
import {
  type ActorDefinition,
  type ActorEvent,
  type Address,
  type ChartTypes,
  type ChildSpec,
  defineActor,
  type Handler,
  handlers,
  type Message,
  type Permissions,
  reducers,
  type Step,
} from "../../../runtime/mod.ts";

/** One thing that a puppet is told to do in a step. */
export type Deed =
  | { readonly do: "send"; readonly to: Address; readonly body: Message }
  | { readonly do: "ask"; readonly to: Address; readonly body: Message; readonly timeoutMs: number }
  | { readonly do: "timer"; readonly name: string; readonly delayMs: number }
  | { readonly do: "cancel"; readonly name: string }
  | { readonly do: "device"; readonly device: string; readonly request: unknown }
  | { readonly do: "spawn"; readonly spec: ChildSpec }
  | { readonly do: "stop" | "monitor" | "demonitor"; readonly address: Address }
  | { readonly do: "draw" | "end" | "exhaust" }
  /** Sends what is no plain data. */
  | { readonly do: "sendCode"; readonly to: Address }
  | { readonly do: "throw" | "log"; readonly text: string };

/** What a puppet saw, as text: short enough to compare, whole enough to tell. */
export type Sight = string;

/** What puppets are told. */
export type PuppetMessage =
  | { readonly type: "puppet.do"; readonly deeds: readonly Deed[] }
  | { readonly type: "puppet.echo"; readonly value: unknown }
  /** Never answered. */
  | { readonly type: "puppet.ignore" }
  | { readonly type: "puppet.note"; readonly text: string }
  /** Answered with a `PuppetState`. */
  | { readonly type: "puppet.look" };

/** What a puppet tells of itself. */
export interface PuppetState {
  readonly incarnation: number;
  readonly nowMs: number;
  readonly uptimeMs: number;
  readonly seen: readonly Sight[];
}

/** How a puppet begins. */
export interface PuppetInput {
  readonly first?: readonly Deed[];
  /** Whom it tells that it was asked to stop, when its kind is `goodPuppet`. */
  readonly witness?: Address;
}

interface PuppetData {
  readonly seen: Sight[];
  readonly witness: Address | undefined;
  readonly hoard: unknown[];
  isOver: boolean;
}

const { act, begin, when } = reducers<PuppetData, PuppetMessage>();
const seenMax = 100_000;

function doAll(data: PuppetData, deeds: readonly Deed[], step: Step) {
  for (const deed of deeds) doOne(data, deed, step);
}

function doOne(data: PuppetData, deed: Deed, step: Step) {
  switch (deed.do) {
    case "send":
      return step.send(deed.to, deed.body);
    case "ask":
      return void step.ask(deed.to, deed.body, deed.timeoutMs);
    case "timer":
      return step.timer(deed.name, deed.delayMs);
    case "cancel":
      return step.cancel(deed.name);
    case "device":
      return void step.device(deed.device, deed.request);
    case "spawn":
      return step.spawn(deed.spec);
    case "stop":
      return step.stop(deed.address);
    case "monitor":
      return step.monitor(deed.address);
    case "demonitor":
      return step.demonitor(deed.address);
    case "draw":
      return void data.seen.push(`drew ${step.int(1_000_000)}`);
    case "end":
      data.isOver = true;
      return;
    case "exhaust":
      // Small things, so that the collector notices in time and ends the worker rather than the process.
      for (;;) data.hoard.push({ hoarded: new Array(100).fill(data.hoard.length) });
    case "log":
      return step.log(deed.text);
    case "sendCode":
      return step.send(deed.to, { type: "puppet.note", text: () => "code" } as Message);
    case "throw":
      throw new Error(deed.text);
  }
}

function sightOf(event: ActorEvent<PuppetMessage>): Sight {
  switch (event.type) {
    case "puppet.note":
      return `${event.from}: ${event.body.text}`;
    case "reply":
      return `reply ${event.from} ${JSON.stringify(event.body)}`;
    case "failed":
      return `failed ${event.from} ${event.reason} ${event.ask === 0 ? "send" : "ask"}`;
    case "down":
      return `down ${event.address}`;
    case "child.exited":
      return `exited ${event.address} ${event.restarting ? "restarting" : "for good"}`;
    default:
      return event.type;
  }
}

function note(data: PuppetData, sight: Sight) {
  if (data.seen.length < seenMax) data.seen.push(sight);
}

const see: Handler<PuppetData, ActorEvent<PuppetMessage>> = (data, event) => note(data, sightOf(event));

const playing = handlers<PuppetData, PuppetMessage>({
  "puppet.do": (data, { body }, step) => doAll(data, body.deeds, step),
  "puppet.echo": (_data, mail, step) => step.reply(mail, mail.body.value),
  "puppet.look": ({ seen }, mail, step) => {
    const { incarnation, nowMs, uptimeMs } = step;
    step.reply(mail, { incarnation, nowMs, uptimeMs, seen } satisfies PuppetState);
  },
  "puppet.ignore": () => {},
  "puppet.note": see,
  "timer.*": see,
  reply: see,
  failed: see,
  down: see,
  "child.exited": see,
});

const leaving = handlers<PuppetData, never>({
  "timer.parting": ({ witness }, _event, step) => {
    if (witness) step.send(witness, { type: "puppet.note", text: "stopped" } as PuppetMessage);
  },
});

function machineOf(id: string, handlesStop: boolean) {
  return setup({
    types: {} as ChartTypes<PuppetData, PuppetMessage, PuppetInput>,
    actions: {
      linger: act((data, _event, step) => {
        note(data, "stop");
        step.timer("parting", 10);
      }),
    },
    guards: { isOver: when((data) => data.isOver) },
  }).createMachine({
    id,
    initial: "playing",
    context: begin(({ first = [], witness }: PuppetInput, step) => {
      const data: PuppetData = { seen: [], witness, hoard: [], isOver: false };
      doAll(data, first, step);
      return data;
    }),
    states: {
      playing: {
        always: { guard: "isOver", target: "over" },
        on: {
          ...playing.on,
          ...(handlesStop ? { stop: { target: "leaving", actions: "linger" } } : {}),
        },
      },
      leaving: { on: { "timer.parting": { target: "over", actions: leaving.actions["timer.parting"] ?? [] } } },
      over: { type: "final" },
    },
  });
}

const permissions: Permissions = { read: ["."], write: ["."] };

/** Does what it is told, and remembers what it sees. */
export const puppet: ActorDefinition<PuppetInput> = defineActor<PuppetInput>({
  kind: "puppet",
  module: import.meta.url,
  permissions,
  machine: machineOf("puppet", false),
});

/** A puppet that takes its leave when it is asked to stop. */
export const goodPuppet: ActorDefinition<PuppetInput> = defineActor<PuppetInput>({
  kind: "goodPuppet",
  module: import.meta.url,
  permissions,
  machine: machineOf("goodPuppet", true),
});

/** A puppet with room for three messages. */
export const smallPuppet: ActorDefinition<PuppetInput> = defineActor<PuppetInput>({
  kind: "smallPuppet",
  module: import.meta.url,
  permissions,
  mailboxMax: 3,
  machine: machineOf("smallPuppet", false),
});
