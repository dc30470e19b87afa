import type { NetAnswer, NetMessage, NetRequest, Step } from "../../../runtime/mod.ts";
import { groupVersionOf } from "../../api/kind.ts";
import type { TypeMeta } from "../../api/schema/protobuf_kinds.ts";
import { messageOf } from "../../api/schema/protobuf_schema.ts";
import { badRequest, methodNotAllowedPath, type Status, serviceUnavailable } from "../../api/status.ts";
import { present } from "../../kit/present.ts";
import { ok, type Result } from "../../kit/result.ts";
import { passOn } from "../aggregation/pass_on.ts";
import { remoteFor, remoteUrl } from "../aggregation/remote_paths.ts";
import type { Remote } from "../aggregation/remotes.ts";
import { auditPassedOn, auditPath, toldOf } from "../audit/audited.ts";
import type { Origin } from "../audit/origin.ts";
import { authenticate } from "../authentication/_authenticate.ts";
import { actingAs } from "../authentication/_impersonate.ts";
import { authorize } from "../authorization/_authorize.ts";
import type { Classified } from "../fairness/classify.ts";
import { classifiedOf, createTurn, endingTurn, inTurn, marked } from "../fairness/turns.ts";
import type { ApiRequest, ApiResponse, User } from "../messages.ts";
import { reviewAt } from "../requests/create_review.ts";
import { handleRequest } from "../requests/handle.ts";
import type { Incoming } from "../requests/incoming.ts";
import { type Encoding, mediaTypes } from "../requests/representation.ts";
import { uuid } from "../requests/uid.ts";
import type { Server } from "../server.ts";
import type { RawBody, RawRequest } from "../streams/client_side.ts";
import { responseKindOf, subresourceOf } from "../subresources/_of_kind.ts";
import { askBody } from "./ask_body.ts";
import { type AskedPath, answerAskedPath, isAskedPath } from "./asked_paths.ts";
import { bodyTypeError, readBody } from "./body.ts";
import type { HealthState } from "./health.ts";
import { wantsIndent } from "./indent.ts";
import { encodingOf, type Offer, representationOf } from "./negotiate.ts";
import { clientSide } from "./outflow.ts";
import { answerPath, isAstray, pathRefusal } from "./paths.ts";
import { type Asker, marksOf, respondHttp, respondHttpStatus } from "./respond.ts";
import { type ParsedUrl, parseUrl, type ResourceTarget, type Target, targetOf } from "./target.ts";
import { timeoutError } from "./timeout.ts";
import { openWatchStream, sinkName } from "./watch_stream.ts";

type NetExchange = Extract<NetMessage, { readonly type: "net.request" }>;

/** Begins to listen, when the server has an address to listen at. */
export function listen({ input, exchanges }: Server, step: Step) {
  if (!input.https) return;
  const { host, port, key, cert, clientCa } = input.https;
  const request: NetRequest = { op: "listen", host, port, tls: { key, cert, clientCa } };
  exchanges.asks.wait<NetAnswer>(step.device("net", request), (answer) => {
    // Without its port a server is of no use: its supervisor tries again, or tells the operator.
    if (!answer.ok) throw new Error(`Cannot listen at ${host}:${port}: the device is ${answer.failure}`);
    const { value } = answer;
    if (!value.ok) {
      throw new Error(`Cannot listen at ${host}:${port}: ${value.message} (${value.code}), choose another port`);
    }
    exchanges.port = value.port ?? port;
  });
}

/** Takes an HTTP request: turns it into the request that a component would send, and its answer back into HTTP. */
export function takeHttp(server: Server, message: NetExchange, step: Step, state: HealthState) {
  const { exchange, url, headers } = message;
  const parsed = parseUrl(url);
  const asker: Asker = {
    exchange,
    isPerson: wantsIndent(headers, parsed?.query ?? {}),
    encoding: encodingOf(headers.accept),
    isAstray: parsed !== undefined && isAstray(parsed.parts),
    auditId: auditIdOf(headers, step),
  };
  if (!parsed) return respondHttpStatus(step, asker, badRequest(`the URL cannot be decoded: ${url}`));
  authenticate(
    { shown: message, server },
    (known, later) => {
      const acting = known.ok ? actingAs(server.rights, known.value, headers) : known;
      if (!acting.ok) return respondHttpStatus(later, asker, acting.failure);
      const impersonator = known.ok && acting.value !== known.value ? { impersonator: known.value } : {};
      const origin = { ...originOf(message, asker), ...impersonator };
      takeKnown(server, { message, parsed, user: acting.value, asker, state, origin }, later);
    },
    step,
  );
}

function originOf({ url, headers }: NetExchange, { auditId }: Asker): Origin {
  const sourceIp = headers["x-forwarded-for"]?.split(",")[0]?.trim();
  return { auditId, uri: url, ...present({ userAgent: headers["user-agent"], sourceIp }) };
}

/** Clients may name their requests; a longer name is cut off, as in Kubernetes. */
const auditIdCharsMax = 64;

function auditIdOf(headers: NetExchange["headers"], step: Step): string {
  const given = headers["audit-id"] ?? "";
  return given === "" ? uuid(step) : given.slice(0, auditIdCharsMax);
}

interface KnownExchange {
  readonly message: NetExchange;
  readonly parsed: ParsedUrl;
  readonly user: User;
  readonly asker: Asker;
  readonly state: HealthState;
  readonly origin: Origin;
}

/** Takes a request of somebody who is known by now. */
function takeKnown(server: Server, known: KnownExchange, step: Step) {
  const { message, parsed, user, asker: unmarked, state, origin } = known;
  const { method, headers } = message;
  const target = targetOf(method, parsed);
  const classified = classifiedOf(server, { user, method, target, path: parsed.path });
  const asker = marked(unmarked, classified);
  const { query, dryRun } = parsed;
  const accept = headers.accept;
  if (target.kind === "badMethod") return respondHttpStatus(step, asker, methodNotAllowedPath());
  const wrongTimeout = timeoutError(target, query);
  if (wrongTimeout) return respondHttpStatus(step, asker, wrongTimeout);
  const remote = state.phase === "draining" ? undefined : remoteFor(server, parsed.parts);
  if (remote) return takeRemote(server, { message, parsed, target, remote, user, asker, origin }, step);
  if (target.kind === "path") {
    const isRead = method === "GET" || method === "HEAD";
    const { path, parts } = target;
    const told = auditPath(server, { user, method, path, origin }, step);
    if (isRead && isAskedPath(path)) return takeAskedPath(server, { path, method, user, asker, state, told }, step);
    const ifNoneMatch = headers["if-none-match"];
    const { exclude } = parsed;
    const answer = answerPath(server, { user, method, path, parts, query, exclude, accept, ifNoneMatch, state });
    told(answer.ok ? answer.value.code : answer.failure.code, step);
    return answer.ok ? respondHttp(step, asker, answer.value) : respondHttpStatus(step, asker, answer.failure);
  }
  if (state.phase === "draining")
    return respondHttpStatus(step, asker, serviceUnavailable("apiserver is shutting down"));
  takeResource(server, { message, target, query, dryRun, user, asker, classified, origin }, step);
}

interface RemoteExchange extends Pick<KnownExchange, "message" | "parsed" | "user" | "asker" | "origin"> {
  readonly target: Exclude<Target, { readonly kind: "badMethod" }>;
  readonly remote: Remote;
}

/** Has somebody else answer who serves what is asked for, when this server lets the user ask. */
function takeRemote(server: Server, exchanged: RemoteExchange, step: Step) {
  const { message, remote, user, asker } = exchanged;
  const { exchange, method, url, headers, upgrade = "" } = message;
  const { forbidden, told } = judgeRemote(server, exchanged, step);
  const refused = (status: Status, later: Step) => {
    told(status.code, later);
    respondHttpStatus(later, asker, status);
  };
  if (forbidden) return refused(forbidden, step);
  const client = clientSide(server.outflows, {
    exchange,
    ...marksOf(asker),
    raw: { method, url: remoteUrl(remote, url), headers, readBody: rawReader(server, { message, user }) },
    upgrade,
  });
  passOn(server, { remote, client: toldOf(client, told), user, refused }, step);
}

/** Whether a user may ask somebody else, and how that is written down. */
function judgeRemote(server: Server, { message, parsed, target, user, origin }: RemoteExchange, step: Step) {
  const { rights } = server;
  if (target.kind === "path") {
    const { method } = message;
    const { path } = target;
    const told = auditPath(server, { user, method, path, origin }, step);
    return { told, forbidden: pathRefusal(rights, { user, method, path }) };
  }
  const { kind: _path, ...named } = target;
  const request: ApiRequest = { type: "api.request", ...named, query: parsed.query };
  return { told: auditPassedOn(server, { request, user, origin }, step), forbidden: authorize(rights, user, request) };
}

interface AskedExchange {
  readonly path: string;
  readonly method: string;
  readonly user: User;
  readonly asker: Asker;
  readonly state: HealthState;
  readonly told: (code: number, step: Step) => void;
}

/** Answers with what somebody else has to be asked for: the keys of tokens, or what the process takes. */
function takeAskedPath(server: Server, { path, method, user, asker, state, told }: AskedExchange, step: Step) {
  const forbidden = pathRefusal(server.rights, { user, method, path });
  if (forbidden) return respondHttpStatus(step, asker, forbidden);
  const done: AskedPath["done"] = (answer, later) => {
    told(answer.ok ? answer.value.code : answer.failure.code, later);
    if (answer.ok) respondHttp(later, asker, answer.value);
    else respondHttpStatus(later, asker, answer.failure);
  };
  answerAskedPath(server, { path, state, done }, step);
}

interface ResourceExchange {
  readonly message: NetExchange;
  readonly target: ResourceTarget;
  readonly query: Readonly<Record<string, string>>;
  readonly dryRun: readonly string[];
  readonly user: User;
  readonly asker: Asker;
  readonly classified: Classified | undefined;
  readonly origin: Origin;
}

/** What the body of a request ought to be; undefined when the path names nothing that is served. */
function expectedType(server: Server, target: ResourceTarget): TypeMeta | undefined {
  const { verb, group, version, resource, subresource } = target;
  const kind = server.served.all.byPlural({ group, version, plural: resource });
  if (kind === undefined) return undefined;
  const part = subresource === undefined ? undefined : subresourceOf(kind, subresource);
  if (subresource !== undefined && !part) return undefined;
  if (verb === "delete" || verb === "deletecollection")
    return { apiVersion: groupVersionOf(kind), kind: "DeleteOptions" };
  const wanted = part ? responseKindOf(kind, part) : kind;
  return { apiVersion: groupVersionOf(wanted), kind: wanted.kind };
}

/** How the body of a request is read when it is time for it. */
function bodyReader(
  server: Server,
  { message, target, user }: Pick<ResourceExchange, "message" | "target" | "user">,
): NonNullable<Incoming["readBody"]> {
  const { exchanges } = server;
  const { exchange, method, headers, hasBody } = message;
  const understood = ({ body = "", bodyEncoding }: RawBody) =>
    readBody(method, {
      body,
      ...(bodyEncoding ? { bodyEncoding } : {}),
      contentType: headers["content-type"],
      expected: expectedType(server, target),
    });
  return (step, done) => {
    if (!hasBody) return done(understood({}), step);
    const take = (raw: Result<RawBody, Status>, later: Step) => done(raw.ok ? understood(raw.value) : raw, later);
    askBody(exchanges, step, { exchange, user, done: take });
  };
}

/** How a body is read that is not to be understood here. */
function rawReader(
  { exchanges }: Server,
  { message, user }: Pick<ResourceExchange, "message" | "user">,
): RawRequest["readBody"] {
  const { exchange, hasBody } = message;
  return (step, done) => (hasBody ? askBody(exchanges, step, { exchange, user, done }) : done(ok({}), step));
}

/** Kinds that are only sent. */
const tableless: ReadonlySet<string> = new Set(["Binding"]);

function takeResource(server: Server, exchanged: ResourceExchange, step: Step) {
  const { message, target, query, dryRun, user, asker } = exchanged;
  const { exchange, method, headers } = message;
  const turn = createTurn(server.fairness, { classified: exchanged.classified, exchange });
  const { verb, group, version, resource, namespace, name, subresource } = target;
  const isRead = verb === "get" || verb === "list" || verb === "watch";
  const wrongType = message.hasBody || method === "PATCH" ? bodyTypeError(method, headers["content-type"]) : undefined;
  const kind = server.served.all.byPlural({ group, version, plural: resource });
  const hasProtobuf = kind === undefined || messageOf(kind.schema) !== undefined;
  const hasTables = reviewAt(target) === undefined && !tableless.has(kind?.kind ?? "");
  const shown = representationOf(headers.accept, { query, hasProtobuf, hasTables, isWatch: verb === "watch" });
  // What answers with something that is no object, such as a log, does not ask what is accepted.
  const isStream = kind && subresource !== undefined && subresourceOf(kind, subresource)?.stream !== undefined;
  const wrongForm = isStream ? undefined : shown.ok ? (isRead ? undefined : wrongType) : shown.failure;
  const { representation, encoding }: Offer = shown.ok ? shown.value : { representation: "object", encoding: "json" };
  const request: ApiRequest = {
    type: "api.request",
    verb,
    group,
    version,
    resource,
    query,
    ...(dryRun.length > 1 ? { dryRun } : {}),
    ...present({ namespace, name, subresource }),
    ...(isRead ? {} : present({ agent: headers["user-agent"] })),
  };
  const incoming = {
    request,
    user,
    representation,
    encoding,
    ...(wrongForm ? { wrongForm } : {}),
    origin: exchanged.origin,
    ...(isRead ? {} : { readBody: inTurn(turn, bodyReader(server, { message, target, user })) }),
    sinkName: sinkName(exchange),
    client: endingTurn(
      turn,
      clientSide(server.outflows, {
        ...{ exchange, ...marksOf(asker), upgrade: message.upgrade ?? "" },
        raw: { method, url: message.url, headers, readBody: rawReader(server, { message, user }) },
      }),
    ),
    openSink(later: Step) {
      turn.end(later);
      return openWatchStream(server, later, { exchange, ...marksOf(asker), kind, representation, encoding });
    },
    respond(later: Step, response: ApiResponse) {
      turn.end(later);
      respondApi(later, { asker, encoding }, response);
    },
  };
  // What is sent is waited for before a turn is taken: slow clients hold nobody up.
  if (!isRead) return handleRequest(server, incoming, step);
  turn.begin(step, {
    go: (later) => handleRequest(server, incoming, later),
    rejected: (status, later) => respondHttpStatus(later, asker, status),
  });
}

/** What was agreed on for objects may be another form than that of a Status. */
interface Agreed {
  readonly asker: Asker;
  readonly encoding: Encoding;
}

/** Answers with an object, a list, a text or a Status. */
function respondApi(step: Step, { asker, encoding }: Agreed, response: ApiResponse) {
  const { code, body, warnings = [], contentType, status, encoded } = response;
  if (status) return respondHttpStatus(step, asker, status, warnings);
  if (encoded) {
    const isBinary = encoding === "protobuf";
    const form = { contentType: mediaTypes[encoding], isVerbatim: true, isBinary };
    return respondHttp(step, asker, { code, body, warnings, ...form });
  }
  const verbatim = contentType === undefined ? {} : { contentType, isVerbatim: true };
  respondHttp(step, { ...asker, encoding }, { code, body, warnings, ...verbatim });
}
