import {
  type ActorEvent,
  type Handler,
  type Handlers,
  handlers,
  type Mail,
  type Message,
  reducers,
  type Step,
} from "../../runtime/mod.ts";
import type { KubeObject } from "../api/types.ts";
import type { ApiServerMessage, ApiUnwatch, ApiWatchEvents, WatchPiece } from "../apiserver/messages.ts";
import type { Informer } from "./informer.ts";

/** A part of an actor's data that takes some of its events: an API client, a leader election. */
export interface Taker {
  /** False when the event is not for it. */
  handle(event: { readonly type: string }, step: Step): boolean;
  /** False when the piece is of no watch of its own; absent where it has none. */
  takePiece?(piece: WatchPiece, step: Step): boolean;
}

/** What the data of a component has for the shared parts of its chart. */
export interface ComponentData {
  /** Who is offered the events that are not the component's own messages, in this order. */
  readonly takers: readonly Taker[];
  readonly informers: readonly Pick<Informer<KubeObject>, "start" | "stop" | "synced">[];
}

/** What an API server sends to a component; part of the messages of every component's machine. */
export type ComponentMessage = ApiServerMessage;

/**
 * The parts of a chart that all components share, so that a component's own chart is about its own phases:
 *
 * - `on`, for the root of the chart: hands API answers, watches and the parts' timers to the data's takers
 * - `actions.startInformers`, `actions.stopInformers`: for the entry of `syncing` and of `stopping`
 * - `guards.synced`: all informers have their first list; from `syncing` on to `running`
 *
 * @example
 * const parts = componentParts<Data>()
 * const machine = setup({ types, actions: { ...parts.actions, schedule }, guards: parts.guards }).createMachine({
 *   context: begin((input) => createData(input)),
 *   on: parts.on,
 *   initial: "syncing",
 *   states: {
 *     syncing: { entry: "startInformers", always: { guard: "synced", target: "running" } },
 *     running: { on: { stop: "stopped" } },
 *     stopped: { type: "final", entry: "stopInformers" },
 *   },
 * })
 */
export function componentParts<Data extends ComponentData>() {
  const { act, when } = reducers<Data, Message>();
  return {
    actions: {
      startInformers: act((data, _event, step) => {
        for (const informer of data.informers) informer.start(step);
      }),
      stopInformers: act((data, _event, step) => {
        for (const informer of data.informers) informer.stop(step);
      }),
    },
    guards: {
      synced: when((data) => data.informers.every((informer) => informer.synced())),
    },
    on: componentHandlers<Data>(offer).on,
  };
}

/**
 * What a component hears of the API: answers, watches and the timers of its parts. For a component that does something
 * of its own about them, besides offering them to its takers.
 *
 * @example
 * on: componentHandlers<Data>((data, event, step) => {
 *   offer(data, event, step)
 *   arm(data, step)
 * }).on
 */
export function componentHandlers<Data extends ComponentData>(
  take: Handler<Data, ActorEvent<ComponentMessage>>,
): Handlers<Data, ComponentMessage> {
  return handlers<Data, ComponentMessage>({
    "api.watch": take,
    "api.watch.closed": take,
    reply: take,
    failed: take,
    down: take,
    "timer.client.*": take,
    "timer.election.*": take,
  });
}

/** Offers an event to the data's takers, as the shared `take` does: for a component that has one of its own. */
export function offer({ takers }: ComponentData, event: { readonly type: string }, step: Step): void {
  if (isWatchMail(event)) offerPieces(takers, event, step);
  else takers.some((taker) => taker.handle(event, step));
}

/** Pieces that come together may be of watches of several takers. */
function offerPieces(takers: readonly Taker[], { from, body }: Mail<ApiWatchEvents>, step: Step): void {
  for (const piece of body.pieces) {
    if (takers.some((taker) => taker.takePiece?.(piece, step))) continue;
    // Nobody's stream: one of an earlier life, or one that was given up. The server should know.
    step.send(from, { type: "api.unwatch", watch: piece.watch } as ApiUnwatch);
  }
}

function isWatchMail(event: { readonly type: string }): event is Mail<ApiWatchEvents> {
  return event.type === "api.watch";
}
