import type { NetAnswer, NetMessage, NetRequest, Step } from "../../../runtime/mod.ts";
import { groupVersionOf } from "../../api/kind.ts";
import type { TypeMeta } from "../../api/protobuf.ts";
import { badRequest, methodNotAllowedPath, notAcceptable, type Status, serviceUnavailable } from "../../api/status.ts";
import { present } from "../../kit/present.ts";
import type { Result } from "../../kit/result.ts";
import { authenticate } from "../authentication/_authenticate.ts";
import { actingAs } from "../authentication/_impersonate.ts";
import { isPathAllowed } from "../authorization/_authorize.ts";
import type { ApiRequest, ApiResponse, User } from "../messages.ts";
import { handleRequest, type Incoming } from "../requests/handle.ts";
import type { Server } from "../server.ts";
import { responseKindOf, subresourceOf } from "../subresources/_of_kind.ts";
import { askBody, type RawBody } from "./ask_body.ts";
import { bodyTypeError, readBody } from "./body.ts";
import type { HealthState } from "./health.ts";
import { wantsIndent } from "./indent.ts";
import { answerKeyPath, isKeyPath } from "./key_paths.ts";
import { representationOf } from "./negotiate.ts";
import { clientSide } from "./outflow.ts";
import { answerPath, pathForbidden } from "./paths.ts";
import { type Asker, respondHttp, respondHttpStatus } from "./respond.ts";
import { type ParsedUrl, parseUrl, type ResourceTarget, targetOf } from "./target.ts";
import { openWatchStream, sinkName } from "./watch_stream.ts";

type NetExchange = Extract<NetMessage, { readonly type: "net.request" }>;

const tableType = "application/json;as=Table;v=v1;g=meta.k8s.io";

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
  const asker: Asker = { exchange, isPerson: wantsIndent(headers, parsed?.query ?? {}) };
  if (!parsed) return respondHttpStatus(step, asker, badRequest(`the URL cannot be decoded: ${url}`));
  authenticate(
    { shown: message, server },
    (known, later) => {
      const acting = known.ok ? actingAs(known.value, headers) : known;
      if (!acting.ok) return respondHttpStatus(later, asker, acting.failure);
      takeKnown(server, { message, parsed, user: acting.value, asker, state }, later);
    },
    step,
  );
}

interface KnownExchange {
  readonly message: NetExchange;
  readonly parsed: ParsedUrl;
  readonly user: User;
  readonly asker: Asker;
  readonly state: HealthState;
}

/** Takes a request of somebody who is known by now. */
function takeKnown(server: Server, { message, parsed, user, asker, state }: KnownExchange, step: Step) {
  const { method, headers } = message;
  const target = targetOf(method, parsed);
  const { query, dryRun } = parsed;
  const accept = headers.accept;
  if (target.kind === "badMethod") return respondHttpStatus(step, asker, methodNotAllowedPath());
  if (target.kind === "path") {
    const isRead = method === "GET" || method === "HEAD";
    if (isRead && isKeyPath(target.path)) return takeKeyPath(server, { path: target.path, method, user, asker }, step);
    const answer = answerPath(server, { user, method, path: target.path, parts: target.parts, query, accept, state });
    return answer.ok ? respondHttp(step, asker, answer.value) : respondHttpStatus(step, asker, answer.failure);
  }
  if (state.phase === "draining")
    return respondHttpStatus(step, asker, serviceUnavailable("apiserver is shutting down"));
  takeResource(server, { message, target, query, dryRun, user, asker }, step);
}

/** Answers with what others need to verify tokens. */
function takeKeyPath(
  server: Server,
  {
    path,
    method,
    user,
    asker,
  }: Pick<KnownExchange, "user" | "asker"> & { readonly path: string; readonly method: string },
  step: Step,
) {
  if (!isPathAllowed({ user, verb: method.toLowerCase(), path })) {
    return respondHttpStatus(step, asker, pathForbidden(user, method, path));
  }
  answerKeyPath(
    server,
    {
      path,
      done: (answer, later) => {
        if (answer.ok) respondHttp(later, asker, answer.value);
        else respondHttpStatus(later, asker, answer.failure);
      },
    },
    step,
  );
}

interface ResourceExchange {
  readonly message: NetExchange;
  readonly target: ResourceTarget;
  readonly query: Readonly<Record<string, string>>;
  readonly dryRun: readonly string[];
  readonly user: User;
  readonly asker: Asker;
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

function takeResource(server: Server, exchanged: ResourceExchange, step: Step) {
  const { message, target, query, dryRun, user, asker } = exchanged;
  const { exchange, method, headers } = message;
  const { verb, group, version, resource, namespace, name, subresource } = target;
  const isRead = verb === "get" || verb === "list" || verb === "watch";
  const contentType = headers["content-type"];
  const shown = representationOf(headers.accept, query);
  const wrongType = message.hasBody || method === "PATCH" ? bodyTypeError(method, contentType) : undefined;
  const wrongForm = shown === undefined ? notAcceptable(["application/json"]) : isRead ? undefined : wrongType;
  // Only what is read is shown as a table: a write is answered with what was written.
  const isObject = subresource === undefined || subresource === "status" || subresource === "scale";
  const representation = isRead && isObject && shown ? shown : "object";
  const request: ApiRequest = {
    type: "api.request",
    verb,
    group,
    version,
    resource,
    query,
    ...(dryRun.length > 1 ? { dryRun } : {}),
    ...present({ namespace, name, subresource }),
  };
  const incoming = {
    request,
    user,
    representation,
    ...(wrongForm ? { wrongForm } : {}),
    ...(isRead ? {} : { readBody: bodyReader(server, { message, target, user }) }),
    sinkName: sinkName(exchange),
    client: clientSide(server.outflows, { exchange, url: message.url, headers, upgrade: message.upgrade ?? "" }),
    openSink: (later: Step) => {
      const kind = server.served.stored.byPlural({ group, version, plural: resource });
      return openWatchStream(server, later, { exchange, kind, representation });
    },
    respond: (later: Step, { code, body: text, warnings = [], contentType, status }: ApiResponse) => {
      if (status) return respondHttpStatus(later, asker, status, warnings);
      const isTable = representation !== "object";
      respondHttp(later, asker, {
        code,
        body: text,
        warnings,
        ...(contentType === undefined ? {} : { isVerbatim: true }),
        ...(isTable ? { contentType: tableType } : contentType === undefined ? {} : { contentType }),
      });
    },
  };
  handleRequest(server, incoming, step);
}
