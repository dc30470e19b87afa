import type { Step } from "../../../runtime/mod.ts";
import type { KindDefinition } from "../../api/kind.ts";
import {
  badRequest,
  methodNotAllowed,
  notFoundPath,
  type Status,
  serviceUnavailable,
  tooManyRequests,
} from "../../api/status.ts";
import { ownValue } from "../../api/types.ts";
import type { Result } from "../../kit/result.ts";
import { authorize } from "../authorization/authorize.ts";
import { isLoaded } from "../cache/feed.ts";
import type { WatchSink } from "../cache/watchers.ts";
import type { ApiRequest, ApiResponse } from "../messages.ts";
import type { Server } from "../server.ts";
import type { ClientSide } from "../streams/client_side.ts";
import { bind } from "../subresources/bind.ts";
import { connectorOf } from "../subresources/connect.ts";
import { evict } from "../subresources/evict.ts";
import { scale } from "../subresources/scale.ts";
import type { Call, Representation } from "./call.ts";
import { respondStatus, statusResponse } from "./call.ts";
import { create } from "./create.ts";
import { createReview, reviewAt } from "./create_review.ts";
import { remove } from "./delete.ts";
import { removeCollection } from "./delete_collection.ts";
import { get } from "./get.ts";
import { list } from "./list.ts";
import { patch } from "./patch.ts";
import { update } from "./update.ts";
import { watch } from "./watch.ts";
import type { Part } from "./write_object.ts";
import { writeOptionsError } from "./write_options.ts";

/** A request and how to answer it; the same for components and for HTTP. */
export interface Incoming {
  readonly request: ApiRequest;
  readonly representation: Representation;
  /** What is wrong with the form in which it comes or wants its answer: for those alone who may ask. */
  readonly wrongForm?: Status;
  /** Reads what the client sends with it; absent where all is there. */
  readBody?(step: Step, done: (body: Result<RequestBody, Status>, step: Step) => void): void;
  /** For a watch: what its sink will be named. */
  readonly sinkName: string;
  openSink(step: Step): WatchSink;
  /** How a stream reaches the client; absent for components. */
  readonly client?: ClientSide;
  respond(step: Step, response: ApiResponse): void;
}

/** What comes after the head of a request. */
export type RequestBody = Pick<ApiRequest, "body" | "contentType" | "repeatedKeys">;

/** Takes a request through the server: authorization, then its body, then what its verb does. */
export function handleRequest(server: Server, incoming: Incoming, step: Step) {
  const { request } = incoming;
  const kind = server.registry.byPlural({ group: request.group, version: request.version, plural: request.resource });
  const refuse = (status: Status) => incoming.respond(step, statusResponse(status));
  const forbidden = authorize(request);
  if (forbidden) return refuse(forbidden);
  if (!isLoaded(server.feed)) return refuse(tooManyRequests("storage is (re)initializing", 1));
  const review = kind ? undefined : reviewAt(request);
  const { wrongForm } = incoming;
  if (wrongForm && (kind || review)) return refuse(wrongForm);
  if (review) {
    server.inFlight++;
    return withBody(incoming, callOf(server, incoming, review.kind), step, (call, later) =>
      createReview(call, review, later),
    );
  }
  if (!kind) return refuse(notFoundPath());
  const call = callOf(server, incoming, kind);
  const wrong = placeError(call);
  if (wrong) return refuse(wrong);
  if (request.verb === "watch") return watch(server, call, step);
  const connect = connectorOf(request);
  if (connect) return call.name === "" ? refuse(notFoundPath()) : connect(server, call, step);
  server.inFlight++;
  withBody(incoming, call, step, (whole, later) => handle(server, whole, later));
}

/** Goes on when what the client sends is there. */
function withBody(incoming: Incoming, call: Call, step: Step, go: (call: Call, step: Step) => void) {
  if (!incoming.readBody) return go(call, step);
  incoming.readBody(step, (body, later) => {
    if (body.ok) go({ ...call, request: { ...call.request, ...body.value } }, later);
    else respondStatus(call, later, body.failure);
  });
}

/** Refuses a request because the server is about to end. */
export function refuseDraining(incoming: Pick<Incoming, "respond">, step: Step) {
  incoming.respond(step, statusResponse(serviceUnavailable("apiserver is shutting down")));
}

function callOf(server: Server, incoming: Incoming, kind: KindDefinition): Call {
  const { request, representation, client } = incoming;
  const isStream = request.verb === "watch" || connectorOf(request) !== undefined;
  const release = () => {
    if (!isStream) server.inFlight--;
  };
  return {
    request,
    kind,
    query: request.query ?? {},
    namespace: kind.namespaced ? (request.namespace ?? "") : "",
    name: request.name ?? "",
    representation,
    sinkName: incoming.sinkName,
    warnings: client && kind.deprecation ? [kind.deprecation] : [],
    openSink: (step) => incoming.openSink(step),
    ...(client ? { client } : {}),
    release,
    respond(step, response) {
      release();
      incoming.respond(step, response);
    },
  };
}

function handle(server: Server, call: Call, step: Step) {
  const { verb, subresource = "" } = call.request;
  if (subresource !== "") return handlePart(server, call, step, subresource);
  if (!call.kind.verbs.includes(verb)) {
    const unsupported = methodNotAllowed({ group: call.kind.group, resource: call.kind.plural }, verb);
    return respondStatus(call, step, unsupported);
  }
  switch (verb) {
    case "get":
      return get(server, call, step);
    case "list":
      return list(server, call, step);
    case "create":
      return create(server, call, step);
    case "update":
      return update(server, call, step);
    case "patch":
      return patch(server, call, step);
    case "delete":
      return remove(server, call, step);
    case "deletecollection":
      return removeCollection(server, call, step);
  }
}

/** What is missing in where a request goes, or cannot be in a path. */
function placeError({ request, kind, namespace, name }: Call): Status | undefined {
  const { verb } = request;
  for (const segment of [namespace, name]) {
    const why = segmentError(segment);
    if (why) return badRequest(`invalid resource name "${segment}": [${why}]`);
  }
  const one = verb === "get" || verb === "update" || verb === "patch" || verb === "delete";
  if (one && name === "") return notFoundPath();
  if (kind.namespaced && namespace === "" && verb !== "list" && verb !== "watch") return notFoundPath();
  return writeOptionsError(request);
}

/** The rules of Kubernetes' path segments: a name may not lead to another object's key. */
function segmentError(segment: string): string | undefined {
  if (segment === "." || segment === "..") return `may not be '${segment}'`;
  if (segment.includes("/")) return "may not contain '/'";
  return segment.includes("%") ? "may not contain '%'" : undefined;
}

const parts: Readonly<Record<string, Part>> = { status: "status", finalize: "finalize" };

function handlePart(server: Server, call: Call, step: Step, subresource: string) {
  const { kind, request, name } = call;
  const known = kind.subresources.some((each) => each.name === subresource);
  if (!known || name === "") return respondStatus(call, step, notFoundPath());
  const { verb } = request;
  const part = ownValue(parts, subresource);
  if (subresource === "binding" && verb === "create") return bind(server, call, step);
  if (subresource === "eviction" && verb === "create") return evict(server, call, step);
  const readsOrWrites = verb === "get" || verb === "update" || verb === "patch";
  if (subresource === "scale" && readsOrWrites) return scale(server, call, step);
  if (part && verb === "update") return update(server, call, step, part);
  if (part === "status" && verb === "patch") return patch(server, call, step, part);
  if (part === "status" && verb === "get") return get(server, call, step);
  const resource = { group: kind.group, resource: `${kind.plural}/${subresource}` };
  respondStatus(call, step, methodNotAllowed(resource, verb));
}
