import type { Step } from "../../../runtime/mod.ts";
import type { KindDefinition } from "../../api/kind.ts";
import {
  badRequest,
  methodNotAllowedPath,
  notFoundPath,
  type Status,
  serviceUnavailable,
  tooManyRequests,
} from "../../api/status.ts";
import { present } from "../../kit/present.ts";
import { admit } from "../admission/_chain.ts";
import { audited } from "../audit/audited.ts";
import { authorize } from "../authorization/_authorize.ts";
import { isLoaded } from "../cache/feed.ts";
import { whenConverted, whenStorable } from "../conversion/when_converted.ts";
import type { Measured } from "../measured/measured.ts";
import { measuredAt } from "../measured/measured_at.ts";
import type { ApiRequest } from "../messages.ts";
import { countRequest } from "../metrics/request_metrics.ts";
import { noteRefusal } from "../refusals.ts";
import type { Server } from "../server.ts";
import { subresourceOf } from "../subresources/_of_kind.ts";
import type { Subresource } from "../subresources/_subresource.ts";
import type { Call, CallConversion } from "./call.ts";
import { respondStatus, statusResponse } from "./call.ts";
import { create } from "./create.ts";
import { createReview, reviewAt } from "./create_review.ts";
import { remove } from "./delete.ts";
import { removeCollection } from "./delete_collection.ts";
import { get } from "./get.ts";
import type { Incoming } from "./incoming.ts";
import { list } from "./list.ts";
import { patch } from "./patch.ts";
import { refusedVerb } from "./refused_verb.ts";
import { update } from "./update.ts";
import { watch } from "./watch.ts";
import { writeOptionsError } from "./write_options.ts";

/** Takes a request through the server: authorization, then its body, then what its verb does. */
export function handleRequest(server: Server, asked: Incoming, step: Step) {
  const incoming = audited(server, asked, step);
  const { request } = incoming;
  const kind = server.served.stored.byPlural({
    group: request.group,
    version: request.version,
    plural: request.resource,
  });
  const refuse = (status: Status) => incoming.respond(step, statusResponse(status));
  const forbidden = authorize(server.rights, incoming.user, request);
  // Who may do what it does not know either, before it has read it.
  if (!isLoaded(server.feed)) return refuse(tooManyRequests("storage is (re)initializing", 1));
  if (forbidden) {
    if (incoming.isComponent) noteRefusal(server.refusals, forbidden.message ?? "");
    return refuse(forbidden);
  }
  const review = kind ? undefined : reviewAt(request);
  const { wrongForm } = incoming;
  if (wrongForm && (kind || review)) return refuse(wrongForm);
  if (review) {
    server.inFlight++;
    return withBody(incoming, callOf(server, { incoming, kind: review.kind }, step), step, (call, later) =>
      createReview(server, { call, review }, later),
    );
  }
  const measured = kind ? undefined : measuredAt(request);
  if (measured) return measure(server, { incoming, measured }, step);
  if (!kind) return refuse(notFoundPath());
  const call = callOf(server, { incoming, kind }, step);
  const wrong = placeError(call);
  if (wrong) return refuse(wrong);
  if (request.verb === "watch") return watch(server, call, step);
  const part = streamOf(kind, request);
  if (part) return call.name === "" ? refuse(notFoundPath()) : connect(server, { call, part }, step);
  server.inFlight++;
  withBody(incoming, call, step, (whole, later) => handle(server, whole, later));
}

/** Answers what is measured at this moment. */
function measure(
  server: Server,
  { incoming, measured }: { readonly incoming: Incoming; readonly measured: Measured },
  step: Step,
) {
  server.inFlight++;
  const call = callOf(server, { incoming, kind: measured.kind }, step);
  const { verb } = incoming.request;
  if (verb === "get" || verb === "list") return measured.serve(server, call, step);
  respondStatus(call, step, methodNotAllowedPath());
}

/** The part that is a stream, when a request asks for one. */
function streamOf(kind: KindDefinition, { subresource = "", verb }: ApiRequest): Subresource | undefined {
  const part = subresource === "" ? undefined : subresourceOf(kind, subresource);
  return part?.stream && isServed(part, verb) ? part : undefined;
}

/** Proxies pass on what discovery has no verb for, too. */
function isServed({ name, verbs }: Subresource, verb: ApiRequest["verb"]): boolean {
  return verb === "options" ? name === "proxy" : verbs.includes(verb);
}

/** A log is read; whoever connects to a pod does something in it, and has to be let in. */
function connect(server: Server, { call, part }: { readonly call: Call; readonly part: Subresource }, step: Step) {
  if (!part.responseKind) return part.serve(server, call, step);
  admit(
    { operation: "CONNECT", server, call },
    (refusal, later) => {
      if (refusal) respondStatus(call, later, refusal);
      else part.serve(server, call, later);
    },
    step,
  );
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

interface Asked {
  readonly incoming: Incoming;
  readonly kind: KindDefinition;
}

function callOf(server: Server, { incoming, kind }: Asked, step: Step): Call {
  const { request, user, representation, encoding, client } = incoming;
  const isStream = request.verb === "watch" || streamOf(kind, request) !== undefined;
  const release = () => {
    if (!isStream) server.inFlight--;
  };
  const sinceMs = step.uptimeMs;
  const count = (later: Step, code: number) =>
    countRequest(server.requests, { request, kind, code, tookMs: later.uptimeMs - sinceMs });
  return {
    request,
    user,
    kind,
    query: request.query ?? {},
    namespace: kind.namespaced ? (request.namespace ?? "") : "",
    name: request.name ?? "",
    representation,
    ...present({ encoding }),
    sinkName: incoming.sinkName,
    warnings: client && kind.deprecation ? [kind.deprecation] : [],
    openSink(later) {
      count(later, 200);
      return incoming.openSink(later);
    },
    ...(client ? { client } : {}),
    ...present({ note: incoming.note }),
    ...(kind.conversion?.webhook ? { conversion: conversionOf(server, kind) } : {}),
    release,
    respond(later, response) {
      release();
      count(later, response.code);
      incoming.respond(later, response);
    },
  };
}

function conversionOf(server: Server, kind: KindDefinition): CallConversion {
  return {
    show: (items, step, done) => whenConverted(server, step, { kind, items, done }),
    store: (object, step, done) => whenStorable(server, step, { kind, object, done }),
  };
}

type KindVerb = Exclude<ApiRequest["verb"], "watch" | "options">;

const verbs: Readonly<Record<KindVerb, (server: Server, call: Call, step: Step) => void>> = {
  get,
  list,
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
};

function handle(server: Server, call: Call, step: Step) {
  const { verb, subresource = "" } = call.request;
  // A watch was opened before: it waits for nobody.
  if (verb === "watch") return;
  if (subresource !== "") return handlePart(server, call, step, subresource);
  if (verb === "options" || !call.kind.verbs.includes(verb)) {
    return respondStatus(call, step, refusedVerb(call.kind, verb));
  }
  verbs[verb](server, call, step);
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

function handlePart(server: Server, call: Call, step: Step, subresource: string) {
  const { kind, request, name } = call;
  const part = subresourceOf(kind, subresource);
  if (!part || name === "") return respondStatus(call, step, notFoundPath());
  if (isServed(part, request.verb)) return part.serve(server, call, step);
  respondStatus(call, step, refusedVerb(kind, request.verb));
}
