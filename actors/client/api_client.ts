import type { Address, FailedEvent, ReplyEvent, Step } from "../../runtime/mod.ts";
import { encode } from "../api/codec.ts";
import type { Frozen, KubeList, KubeObject, Status } from "../api/types.ts";
import type { ApiRequest, ApiResponse, ApiWatchEvents, WatchPiece } from "../apiserver/messages.ts";
import { type Alarms, createAlarms } from "../kit/alarms.ts";
import { createAsks, type Unanswered } from "../kit/asks.ts";
import { failed } from "../kit/result.ts";
import {
  type Asked,
  type Binding,
  type Body,
  type ClientRequest,
  type DeleteBody,
  deleteBody,
  named,
  optionsOf,
  type PatchBody,
  type RequestOptions,
  requestFor,
  type Target,
} from "./api_request.ts";
import {
  type Failure,
  isTooLargeVersion,
  unanswered as noAnswer,
  outcomeOf,
  retryAfterMs,
  type Then,
} from "./outcome.ts";
import { createTimers, type Timers } from "./timers.ts";
import { createWatchStreams, type StreamHandlers } from "./watch_streams.ts";

/** Who asks whom, and how much at a time. */
export interface ApiClientOptions {
  /** The API servers, the preferred one first; the client stays with one as long as that one answers. */
  readonly servers: readonly Address[];
  /** Names its timers, where an actor has several clients. Default `client`. */
  readonly name?: string;
  /** Requests that are under way at once; the rest waits. Default 64. */
  readonly requestsMax?: number;
  /** Requests that may wait; more of them fail as `notSent`. Default 10,000. */
  readonly waitingMax?: number;
  /** How long to wait for an answer. Default 10,000. */
  readonly timeoutMs?: number;
  /** A watch without any piece for so long is dead. Default 15,000. */
  readonly silenceMs?: number;
}

/** An open watch. */
export interface WatchHandle {
  readonly id: number;
  close(step: Step): void;
}

/**
 * The way of a component to the API: it lives in the actor's data, and the actor hands it the events that are its own.
 *
 * Reads are tried again, at another server if need be. Writes are tried again only when a server said that it did
 * nothing and to come back (429); any other failure is the caller's, who knows whether to look first.
 */
export interface ApiClient {
  request<T>(step: Step, request: ClientRequest & RequestOptions, then: Then<T>): void;
  get<T extends KubeObject>(step: Step, target: Target<T> & RequestOptions, then: Then<Frozen<T>>): void;
  list<T extends KubeObject>(step: Step, target: Target<T> & RequestOptions, then: Then<Frozen<KubeList<T>>>): void;
  create<T extends KubeObject>(step: Step, write: Target<T> & Body<T> & RequestOptions, then: Then<Frozen<T>>): void;
  update<T extends KubeObject>(step: Step, write: Target<T> & Body<T> & RequestOptions, then: Then<Frozen<T>>): void;
  updateStatus<T extends KubeObject>(step: Step, write: Target<T> & Body<T>, then: Then<Frozen<T>>): void;
  patch<T extends KubeObject>(step: Step, write: Target<T> & PatchBody, then: Then<Frozen<T>>): void;
  remove<T extends KubeObject>(step: Step, write: Target<T> & DeleteBody, then: Then<Frozen<T | Status>>): void;
  /** Assigns a pod to a node. */
  bind(step: Step, binding: Binding, then: Then<Frozen<Status>>): void;
  /** Opens a watch; the stream is checked for gaps and silence. */
  watch(step: Step, target: Target, handlers: StreamHandlers): WatchHandle;
  /** Takes the events that are the client's (`componentParts().on` names them); false for any other. */
  handle(event: { readonly type: string }, step: Step): boolean;
  /** Takes a piece of one of its watches; false for any other. */
  takePiece(piece: WatchPiece, step: Step): boolean;
  /** Forgets all: nobody is called back any more, watches are closed, timers cancelled. */
  reset(step: Step): void;
  /** Timers for parts that live beside the client; their events come through `handle` as well. */
  readonly timers: Timers;
  /** A name no other part of this client has: `informer.1`. */
  partName(kind: string): string;
  /** Requests under way and waiting. */
  load(): { readonly underWay: number; readonly waiting: number };
}

interface Pending {
  readonly request: ApiRequest;
  readonly done: Then<never>;
  readonly timeoutMs: number;
  attempts: number;
  server: Address;
}

const readAttemptsMin = 3;
const backoffAttemptsMax = 10;
const retryFirstMs = 100;
const retryMaxMs = 5_000;

/** Makes a client that is not connected to anything yet; it holds no resources. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  const { servers, name = "client", requestsMax = 64, waitingMax = 10_000 } = options;
  const { timeoutMs: timeoutMsDefault = 10_000, silenceMs = 15_000 } = options;
  const timers = createTimers(name);
  const streams = createWatchStreams(timers, silenceMs);
  const underWay = createAsks<Step>();
  let retries = noRetries();
  const monitored = new Set<Address>();
  const readAttemptsMax = Math.max(readAttemptsMin, servers.length + 1);
  let waiting: Pending[] = [];
  let current = 0;
  let parts = 0;

  function noRetries(): Alarms<Step> {
    const alarms: Alarms<Step> = createAlarms((delayMs, step) =>
      timers.set(step, { name: "retry", delayMs, body: (later) => alarms.ring(later) }),
    );
    return alarms;
  }

  function rotate(from: Address) {
    if (servers[current] === from) current = (current + 1) % servers.length;
  }

  function submit(step: Step, pending: Pending, urgent: boolean) {
    if (urgent || underWay.size < requestsMax) return start(step, pending);
    if (waiting.length < waitingMax) waiting.push(pending);
    else fail(step, pending, noAnswer("notSent", tooMuch(pending, waitingMax)));
  }

  function start(step: Step, pending: Pending) {
    const to = servers[current] ?? "";
    pending.server = to;
    pending.attempts++;
    if (!monitored.has(to)) {
      monitored.add(to);
      step.monitor(to);
    }
    if (pending.request.watch !== undefined) streams.at(step, pending.request.watch, to);
    underWay.wait<ApiResponse>(step.ask(to, pending.request, pending.timeoutMs), (answer, later) => {
      if (answer.ok) answered(later, pending, answer.value);
      else unanswered(later, pending, answer.failure);
      startWaiting(later);
    });
  }

  function startWaiting(step: Step) {
    // Taken out in one go: `start` never adds to the waiting.
    const room = requestsMax - underWay.size;
    if (room <= 0 || waiting.length === 0) return;
    const next = waiting.slice(0, room);
    waiting = waiting.slice(room);
    for (const pending of next) start(step, pending);
  }

  function fail(step: Step, pending: Pending, failure: Failure) {
    pending.done(failed(failure), step);
  }

  function retryLater(step: Step, pending: Pending, delayMs: number) {
    retries.set(delayMs, (later) => start(later, pending), step);
  }

  function answered(step: Step, pending: Pending, response: ApiResponse) {
    const outcome = outcomeOf<never>(response);
    const delayMs = outcome.ok ? undefined : comeBackMs(pending, outcome.failure);
    if (delayMs === undefined) pending.done(outcome, step);
    else {
      if (!outcome.ok && outcome.failure.code !== 429) rotate(pending.server);
      retryLater(step, pending, delayMs);
    }
  }

  function unanswered(step: Step, pending: Pending, reason: Unanswered) {
    rotate(pending.server);
    // A watch is asked for again under another number: pieces of the lost attempt must not be taken for its own.
    const again = isRead(pending.request) && pending.attempts < readAttemptsMax;
    if (again) retryLater(step, pending, pending.attempts < servers.length ? 0 : backoffMs(pending.attempts));
    else fail(step, pending, failureOf(pending, reason));
  }

  function send<T>(step: Step, request: ApiRequest, { done, urgent, timeoutMs }: RequestOptions & { done: Then<T> }) {
    const pending = { request, done: done as Then<never>, timeoutMs: timeoutMs ?? timeoutMsDefault };
    submit(step, { ...pending, attempts: 0, server: "" }, urgent ?? false);
  }

  function ask<T>(step: Step, parts: Asked, then: Then<T>) {
    const { verb, target, body, contentType } = parts;
    send(step, requestFor(verb, { target, body, contentType }), { done: then, ...optionsOf(target) });
  }

  const client: ApiClient = {
    timers,
    partName: (kind) => `${kind}.${++parts}`,
    load: () => ({ underWay: underWay.size, waiting: waiting.length + retries.size }),
    request(step, { urgent, timeoutMs, ...request }, then) {
      send(
        step,
        { ...request, type: "api.request", managedFields: "packed" },
        { done: then, ...optionsOf({ urgent, timeoutMs }) },
      );
    },
    get: (step, target, then) => ask(step, { verb: "get", target }, then),
    list: (step, target, then) => ask(step, { verb: "list", target }, then),
    create: (step, { object, ...target }, then) => ask(step, { verb: "create", target, body: encode(object) }, then),
    update: (step, { object, ...target }, then) =>
      ask(step, { verb: "update", target: named(target, object), body: encode(object) }, then),
    updateStatus: (step, { object, ...target }, then) =>
      ask(
        step,
        { verb: "update", target: { ...named(target, object), subresource: "status" }, body: encode(object) },
        then,
      ),
    patch: (step, { patch, contentType = "application/strategic-merge-patch+json", ...target }, then) =>
      ask(step, { verb: "patch", target, body: JSON.stringify(patch), contentType }, then),
    remove: (step, { gracePeriodSeconds, propagationPolicy, preconditions, ...target }, then) =>
      ask(
        step,
        { verb: "delete", target, body: deleteBody({ gracePeriodSeconds, propagationPolicy, preconditions }) },
        then,
      ),
    bind(step, { kind, namespace, name: pod, uid, node }, then) {
      const target = { kind: { apiVersion: "v1", kind: "Node", name: node } };
      const body = { apiVersion: "v1", kind: "Binding", metadata: { name: pod, namespace, uid }, target: target.kind };
      ask(
        step,
        { verb: "create", target: { kind, namespace, name: pod, subresource: "binding" }, body: JSON.stringify(body) },
        then,
      );
    },
    watch(step, target, handlers) {
      const id = step.nextId();
      streams.add(step, id, handlers);
      const request = { ...requestFor("watch", { target }), watch: id };
      const done: Then<unknown> = (outcome, later) => {
        if (outcome.ok) streams.opened(later, id);
        else streams.end(later, id, { reason: "refused", failure: outcome.failure });
      };
      send(step, request, { done, urgent: true });
      return { id, close: (later) => streams.close(later, id) };
    },
    handle(event, step) {
      switch (event.type) {
        case "reply":
          return underWay.replied(event as ReplyEvent, step);
        case "failed":
          return underWay.failed(event as FailedEvent, step);
        case "api.watch": {
          const { body } = event as unknown as { body: ApiWatchEvents };
          for (const piece of body.pieces) streams.piece(step, piece);
          return true;
        }
        case "api.watch.closed": {
          const { watch } = (event as unknown as { body: { watch: number } }).body;
          if (!streams.has(watch)) return false;
          streams.end(step, watch, { reason: "closed" });
          return true;
        }
        case "down": {
          const { address } = event as unknown as { address: Address };
          if (!monitored.delete(address)) return false;
          rotate(address);
          streams.down(step, address);
          // Another client of the same actor may have used that server, too.
          return false;
        }
        default:
          return timers.handle(event, step);
      }
    },
    takePiece: (piece, step) => streams.piece(step, piece),
    reset(step) {
      underWay.clear();
      waiting = [];
      retries = noRetries();
      streams.closeAll(step);
      timers.clear(step);
    },
  };
  return client;
}

function isRead({ verb, watch }: ApiRequest): boolean {
  return watch === undefined && (verb === "get" || verb === "list");
}

/** How long to wait before the same request is sent again; undefined when its failure is the caller's. */
function comeBackMs({ request, attempts }: Pending, failure: Failure): number | undefined {
  if (attempts >= backoffAttemptsMax || isTooLargeVersion(failure)) return undefined;
  if (failure.code === 429) return retryAfterMs(failure) ?? backoffMs(attempts);
  if (!isRead(request) || failure.code < 500) return undefined;
  return retryAfterMs(failure) ?? backoffMs(attempts);
}

function backoffMs(attempts: number): number {
  return Math.min(retryFirstMs * 2 ** Math.max(0, attempts - 1), retryMaxMs);
}

function failureOf({ request, server, attempts }: Pending, reason: FailedEvent["reason"]): Failure {
  const notSent = reason === "undeliverable" || reason === "overflow";
  const what = `${request.verb} ${request.resource}${request.name === undefined ? "" : ` "${request.name}"`}`;
  const text = `Asking API server "${server}" to ${what}: ${reason} at attempt ${attempts}, the outcome is ${notSent ? "that nothing was done" : "not known"}`;
  return noAnswer(notSent ? "notSent" : "unknown", text);
}

function tooMuch({ request }: Pending, waitingMax: number): string {
  return `Asking to ${request.verb} ${request.resource}: ${waitingMax} requests wait already, ask for less at a time`;
}
