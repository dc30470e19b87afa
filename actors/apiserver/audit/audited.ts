import type { Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import { formatMicroTime } from "../../api/time.ts";
import type { Fields, Frozen } from "../../api/types.ts";
import { present } from "../../kit/present.ts";
import { attributesOf, judgePath, judgeResource } from "../authorization/_authorize.ts";
import type { WatchSink } from "../cache/watchers.ts";
import type { ApiRequest, ApiResponse, User } from "../messages.ts";
import type { Incoming } from "../requests/incoming.ts";
import { uuid } from "../requests/uid.ts";
import type { Server } from "../server.ts";
import type { ClientSide } from "../streams/client_side.ts";
import type { Origin } from "./origin.ts";
import { type AuditedRequest, type Stage, type Verdict, verdictOn } from "./policy.ts";

/** What is written of a request, as far as it is known. */
interface Written {
  readonly server: Server;
  readonly verdict: Verdict;
  readonly origin: Origin;
  readonly user: User;
  readonly verb: string;
  readonly receivedMs: number;
  readonly objectRef?: Fields;
  readonly annotations: Record<string, string>;
  requestObject?: unknown;
}

/** A request that is written down as the policy says. */
export function audited(server: Server, incoming: Incoming, step: Step): Incoming {
  if (!server.input.audit) return incoming;
  const { request, user } = incoming;
  const origin = incoming.origin ?? { auditId: uuid(step), uri: uriOf(request), userAgent: user.name };
  const record = begun(server, { request, user, origin }, step);
  return record ? withRecord(record, incoming) : incoming;
}

/** Who asks for what, and where from. */
type Asked = Required<Pick<Incoming, "request" | "user" | "origin">>;

/** A request that somebody else answers is written down, though not what is sent with it; tell what it is answered with. */
export function auditPassedOn(server: Server, asked: Asked, step: Step): (code: number, step: Step) => void {
  const record = begun(server, asked, step);
  return record ? completing(record) : () => {};
}

/** Begins the record of a request; undefined where the policy wants none. */
function begun(server: Server, { request, user, origin }: Asked, step: Step): Written | undefined {
  const policy = server.input.audit;
  if (!policy) return undefined;
  const { verb, group, resource, subresource = "", namespace = "", name = "" } = request;
  const about: AuditedRequest = {
    ...{ user, verb, path: "", namespace, name },
    resource: { group, resource, subresource },
  };
  const verdict = verdictOn(policy, about);
  if (verdict.level === "None") return undefined;
  const { decision, reason } = judgeResource(server.rights, attributesOf(user, request));
  const record: Written = {
    ...{ server, verdict, origin, user, verb, receivedMs: step.nowMs, annotations: annotationsOf(decision, reason) },
    objectRef: present({
      ...{ resource, namespace: namespace || undefined, name: name || undefined },
      ...{ apiGroup: group || undefined, apiVersion: request.version, subresource: subresource || undefined },
    }) as Fields,
    requestObject: readObject(request.body, verdict),
  };
  write(record, { stage: "RequestReceived" }, step);
  return record;
}

/** A path that is answered is written down as well. */
export function auditPath(
  server: Server,
  {
    user,
    method,
    path,
    origin,
  }: { readonly user: User; readonly method: string; readonly path: string; readonly origin: Origin },
  step: Step,
): (code: number, step: Step) => void {
  const policy = server.input.audit;
  const verb = method.toLowerCase();
  const verdict = policy && verdictOn(policy, { user, verb, path, namespace: "", name: "" });
  if (!verdict || verdict.level === "None") return () => {};
  const { decision, reason } = judgePath(server.rights, { user, verb, path });
  const annotations = annotationsOf(decision, reason);
  const record: Written = { server, verdict, origin, user, verb, receivedMs: step.nowMs, annotations };
  write(record, { stage: "RequestReceived" }, step);
  return completing(record);
}

/** Has somebody told what a client is answered with, when it is; of what goes on with another protocol, when that is over. */
export function toldOf(client: ClientSide, told: (code: number, step: Step) => void): ClientSide {
  return {
    ...client,
    openText(step, closed, head) {
      told(head?.code ?? 200, step);
      return client.openText(step, closed, head);
    },
    accept: (step, protocol, handler) =>
      acceptUntil(client, { protocol, handler, ended: once((later) => told(101, later)) }, step),
  };
}

function completing(record: Written): (code: number, step: Step) => void {
  return (code, step) => write(record, { stage: "ResponseComplete", code }, step);
}

function annotationsOf(decision: string, reason: string): Written["annotations"] {
  const allowed = decision === "allow" ? "allow" : "forbid";
  return { "authorization.k8s.io/decision": allowed, "authorization.k8s.io/reason": reason };
}

function withRecord(record: Written, incoming: Incoming): Incoming {
  const { client, readBody } = incoming;
  return {
    ...incoming,
    note(key, value) {
      record.annotations[key] = value;
    },
    ...(readBody
      ? {
          readBody: (step, done) =>
            readBody(step, (body, later) => {
              if (body.ok) record.requestObject = readObject(body.value.body, record.verdict);
              done(body, later);
            }),
        }
      : {}),
    ...(client ? { client: auditedClient(record, client) } : {}),
    openSink(step) {
      write(record, { stage: "ResponseStarted", code: 200 }, step);
      return endedSink(incoming.openSink(step), (later) =>
        write(record, { stage: "ResponseComplete", code: 200 }, later),
      );
    },
    respond(step, response) {
      write(record, { stage: "ResponseComplete", code: response.code, response }, step);
      incoming.respond(step, response);
    },
  };
}

/** What goes on for as long as both sides like is written down when it begins, and when it is over, whoever ends it. */
function auditedClient(record: Written, client: ClientSide): ClientSide {
  const begun = (code: number, step: Step) => {
    write(record, { stage: "ResponseStarted", code }, step);
    return once((later) => write(record, { stage: "ResponseComplete", code }, later));
  };
  return {
    ...client,
    openText(step, closed, head) {
      const ended = begun(head?.code ?? 200, step);
      const out = client.openText(step, then(ended, closed), head);
      return { ...out, end: then(ended, out.end), abort: then(ended, out.abort) };
    },
    accept: (step, protocol, handler) => acceptUntil(client, { protocol, handler, ended: begun(101, step) }, step),
  };
}

interface Accepting {
  readonly protocol: Parameters<ClientSide["accept"]>[1];
  readonly handler: Parameters<ClientSide["accept"]>[2];
  /** It is over. */
  readonly ended: Then;
}

function acceptUntil(client: ClientSide, { protocol, handler, ended }: Accepting, step: Step) {
  const out = client.accept(step, protocol, { ...handler, closed: then(ended, handler.closed) });
  const close: typeof out.close = (later, code, reason) => {
    ended(later);
    out.close(later, code, reason);
  };
  return { ...out, close };
}

type Then = (step: Step) => void;

function once(run: Then): Then {
  let isDone = false;
  return (step) => {
    if (isDone) return;
    isDone = true;
    run(step);
  };
}

/** Does one thing, and the other then. */
function then(...both: readonly Then[]): Then {
  return (step) => {
    for (const each of both) each(step);
  };
}

/** Tells when a watch is over. */
function endedSink(sink: WatchSink, ended: (step: Step) => void): WatchSink {
  return {
    ...sink,
    close(step) {
      ended(step);
      sink.close(step);
    },
    abort(step) {
      ended(step);
      sink.abort(step);
    },
  };
}

interface Happened {
  readonly stage: Stage;
  readonly code?: number;
  readonly response?: ApiResponse;
}

/** Writes one line, unless the policy leaves the stage out. */
function write(record: Written, { stage, code, response }: Happened, step: Step): void {
  const { verdict, origin, user, verb, objectRef, annotations, receivedMs, requestObject } = record;
  const { level, omitStages } = verdict;
  if (omitStages.has(stage)) return;
  const isDone = stage !== "RequestReceived";
  const { impersonator } = origin;
  const shown =
    level === "RequestResponse" && response && !response.encoded ? readObject(response.body, verdict) : undefined;
  const event = {
    ...{
      kind: "Event",
      apiVersion: "audit.k8s.io/v1",
      level,
      auditID: origin.auditId,
      stage,
      requestURI: origin.uri,
      verb,
    },
    user: userOf(impersonator ?? user),
    ...(impersonator ? { impersonatedUser: userOf(user) } : {}),
    sourceIPs: [origin.sourceIp ?? "127.0.0.1"],
    ...present({ userAgent: origin.userAgent }),
    ...(objectRef ? { objectRef } : {}),
    ...(code === undefined ? {} : { responseStatus: statusOf(code, response?.status) }),
    ...(isDone && requestObject !== undefined ? { requestObject } : {}),
    ...(shown === undefined ? {} : { responseObject: shown }),
    requestReceivedTimestamp: formatMicroTime(receivedMs),
    stageTimestamp: formatMicroTime(step.nowMs),
    ...(isDone ? { annotations } : {}),
  };
  step.device("audit", { line: JSON.stringify(event) });
}

function statusOf(code: number, status: Frozen<Status> | undefined): object {
  if (!status || code < 400) return { metadata: {}, code };
  const { reason, message, details } = status;
  return { metadata: {}, status: "Failure", ...present({ message, reason, details }), code };
}

function userOf({ name, uid, groups, extra }: User): object {
  return { username: name, ...present({ uid, groups: groups.length > 0 ? groups : undefined, extra }) };
}

/** The object of a body, where the policy wants it and it is one. */
function readObject(text: string | undefined, { level, omitManagedFields }: Verdict): unknown {
  if (text === undefined || text === "" || (level !== "Request" && level !== "RequestResponse")) return undefined;
  try {
    const object = JSON.parse(text) as Fields | null;
    const metadata = object?.metadata as Fields | undefined;
    if (omitManagedFields && metadata) delete metadata.managedFields;
    return object;
  } catch {
    return undefined;
  }
}

/** As a request of a component would be written in a URL. */
function uriOf({
  group,
  version,
  namespace = "",
  resource,
  name = "",
  subresource = "",
  query = {},
}: ApiRequest): string {
  const parts = [
    ...(group === "" ? ["api", version] : ["apis", group, version]),
    ...(namespace === "" ? [] : ["namespaces", namespace]),
    ...[resource, name, subresource].filter((part) => part !== ""),
  ];
  const search = new URLSearchParams(query).toString();
  return `/${parts.join("/")}${search === "" ? "" : `?${search}`}`;
}
