import type { AnyStateMachine } from "xstate";
import type { Permissions } from "./permissions.ts";

/** Where an actor is found: its parent's address, a slash, its own name (`store/0`, `manager/0/deployment`). */
export type Address = string;

/** Identifies one question an actor asked; unique over all incarnations of that actor. 0 means "not asked". */
export type AskId = number;

/** What actors say to each other: plain, cloneable, deeply readonly data with a discriminating `type`. */
export interface Message {
  readonly type: string;
}

/** A message as the receiving machine sees it: the event's type is the message's. */
export interface Mail<Body extends Message = Message> {
  readonly type: Body["type"];
  readonly body: Body;
  readonly from: Address;
  /** Set when the sender awaits an answer: hand it to `step.reply`. */
  readonly ask: AskId;
}

/** The answer to an `ask`, or to a device request (then `from` is `device:NAME`). */
export interface ReplyEvent<Body = unknown> {
  readonly type: "reply";
  readonly ask: AskId;
  readonly from: Address;
  readonly body: Body;
}

/**
 * An ask that will get no answer, or (with `ask` 0) a send that met a full mailbox.
 *
 * - `timeout`: nobody answered in time; the other side may or may not have acted
 * - `undeliverable`: nobody lives at that address; the other side did not act
 * - `down`: the other side crashed before it answered; it may or may not have acted
 * - `overflow`: the other side's mailbox is full; it did not act
 */
export interface FailedEvent {
  readonly type: "failed";
  readonly ask: AskId;
  readonly from: Address;
  readonly reason: "timeout" | "undeliverable" | "down" | "overflow";
}

/** A named timer has run out: the event's type is `timer.NAME`. */
export interface TimerEvent {
  readonly type: `timer.${string}`;
}

/** An actor that this one monitors is gone (crashed or stopped); it may come back under the same address. */
export interface DownEvent {
  readonly type: "down";
  readonly address: Address;
}

/** A child has ended; the supervisor restarts it (`restarting`) or leaves it be. */
export interface ChildExitedEvent {
  readonly type: "child.exited";
  readonly address: Address;
  readonly reason: string;
  readonly restarting: boolean;
}

/** The host asks the actor to end in good order: a machine that reaches a final state has ended. */
export interface StopEvent {
  readonly type: "stop";
}

/** What the runtime itself tells a machine. */
export type RuntimeEvent = ReplyEvent | FailedEvent | TimerEvent | DownEvent | ChildExitedEvent | StopEvent;

/** All that can reach a machine whose messages are `M`. */
export type ActorEvent<M extends Message = Message> =
  | { [T in M["type"]]: Mail<Extract<M, { readonly type: T }>> }[M["type"]]
  | RuntimeEvent;

/** What is known of an actor without its code, which may be in other threads alone. */
export interface ActorCard {
  /** Names the definition in child specs, charts and journals: `store`, `kubelet`. */
  readonly kind: string;
  /** `import.meta.url` of the module that exports the definition: what a worker loads. */
  readonly module: string;
  /** What it asks for; it is granted the part of it that its parent holds. Default: nothing. */
  readonly permissions: Permissions;
}

/** An actor as a value: a statechart, what it may touch, and how much mail may wait for it. */
export interface ActorDefinition<Input = unknown> extends ActorCard {
  /** The XState machine; its `input` is the child spec's `input`. */
  readonly machine: AnyStateMachine;
  /** How many messages may wait before senders see `overflow`. Default 10,000. */
  readonly mailboxMax: number;
  /** The part of the data that a journal hashes beside the phase. Default: none, deliveries alone tell. */
  readonly digest?: (data: never) => string | number;
  /** Only names the type of the input. */
  readonly input?: Input;
}

/** What `defineActor` needs. */
export interface ActorOptions {
  readonly kind: string;
  readonly module: string;
  readonly machine: AnyStateMachine;
  readonly permissions?: Permissions;
  readonly mailboxMax?: number;
  readonly digest?: (data: never) => string | number;
}

const mailboxMaxDefault = 10_000;

/**
 * Makes an actor definition.
 *
 * @example
 * export const counter = defineActor<{ start: number }>({ kind: "counter", module: import.meta.url, machine })
 */
export function defineActor<Input>(options: ActorOptions): ActorDefinition<Input> {
  return Object.freeze({ permissions: {}, mailboxMax: mailboxMaxDefault, ...options });
}
