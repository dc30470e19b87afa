import type { MutatingWebhook, ValidatingWebhook } from "kubernetes-types/admissionregistration/v1.js";
import type { HttpsAnswer, HttpsRequest, Step } from "../../../../runtime/mod.ts";
import type { KindDefinition } from "../../../api/kind.ts";
import { badRequest, type Status } from "../../../api/status.ts";
import type { Frozen } from "../../../api/types.ts";
import { failed, ok, type Result } from "../../../kit/result.ts";
import { authorityIn, type Destination, destinationOf } from "../../aggregation/service_destination.ts";
import { warn } from "../../requests/call.ts";
import { uuid } from "../../requests/uid.ts";
import type { Admitting } from "../_plugin.ts";
import { askServer } from "./ask_server.ts";
import { failureText } from "./failure_text.ts";
import { admissionRequest, isRehearsal } from "./request.ts";
import { type Expected, readReview, reviewText, reviewVersionOf } from "./review.ts";

/** A webhook of either sort. */
export type Webhook = Frozen<ValidatingWebhook> | Frozen<MutatingWebhook>;

/** What came of a call: a patch, or nothing, when it lets the request in. */
export type CallOutcome = Result<{ readonly patch: unknown }, CallFailure>;

/** Why a webhook does not let a request in: because it says so, or because it could not be asked, and why. */
export type CallFailure =
  | { readonly sort: "denied"; readonly status: Status }
  | { readonly sort: "unasked"; readonly why: string };

/** A call of a webhook. */
export interface WebhookCall {
  readonly admitting: Admitting;
  readonly webhook: Webhook;
  /** In which version the object is shown. */
  readonly kind: KindDefinition;
  readonly mutating: boolean;
  readonly done: (outcome: CallOutcome, step: Step) => void;
}

/** A longer answer is none: no patch of an object can be that long. */
const answerBytesMax = 8 * 1024 * 1024;
const secondsDefault = 10;
const statusCharsMax = 16_384;

/** Asks a webhook, and waits no longer than it says. */
export function callWebhook(called: WebhookCall, step: Step) {
  const { admitting, webhook, kind, mutating, done } = called;
  const unasked = (why: string, later: Step) => done(failed({ sort: "unasked", why }), later);
  const { name, sideEffects, clientConfig, admissionReviewVersions, timeoutSeconds = secondsDefault } = webhook;
  if (isRehearsal(admitting) && sideEffects !== "None" && sideEffects !== "NoneOnDryRun") {
    const status = badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
    return done(failed({ sort: "denied", status }), step);
  }
  const version = reviewVersionOf(admissionReviewVersions);
  if (version === undefined) return unasked("could not create admission objects: no review version is known", step);
  const destination = destinationOf(admitting.server, clientConfig, step);
  if (!destination.ok) return unasked(`failed to call webhook: ${destination.failure}`, step);
  const uid = uuid(step);
  const request = requestTo(destination.value, {
    body: reviewText(version, uid, admissionRequest(admitting, kind)),
    seconds: timeoutSeconds,
    ca: authorityIn(clientConfig.caBundle),
  });
  const expected: Expected = { version, uid, mutating };
  admitting.server.asks.wait<HttpsAnswer>(askServer(destination.value, request, step), (answer, later) => {
    const told = answer.ok ? answer.value : ({ ok: false, code: answer.failure, message: answer.failure } as const);
    if (!told.ok) {
      const why = failureText(told, { host: destination.value.host, port: destination.value.port });
      return unasked(`failed to call webhook: Post ${JSON.stringify(request.url)}: ${why}`, later);
    }
    if (told.code < 200 || told.code > 299) return unasked(`failed to call webhook: ${statusText(told)}`, later);
    done(outcomeOf(told.body, { called, expected }), later);
  });
}

function requestTo(
  { url, connectTo }: Destination,
  { body, seconds, ca }: { readonly body: string; readonly seconds: number; readonly ca: string | undefined },
): HttpsRequest {
  return {
    method: "POST",
    url: `${url}?timeout=${seconds}s`,
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": "kube-apiserver-admission",
    },
    body,
    timeoutMs: seconds * 1_000,
    bytesMax: answerBytesMax,
    ...(ca === undefined ? {} : { ca }),
    ...(connectTo ? { connectTo } : {}),
  };
}

/** What Kubernetes' client says of an answer that is none. */
function statusText({ code, body }: Extract<HttpsAnswer, { readonly ok: true }>): string {
  const words: Readonly<Record<number, string>> = {
    400: "the server rejected our request for an unknown reason",
    401: "the server has asked for the client to provide credentials",
    403: "Forbidden",
    404: "the server could not find the requested resource",
    405: "the server does not allow this method on the requested resource",
    409: "the server reported a conflict",
    413: "the server responded with the status code 413 but did not return more information",
    429: "the server has received too many requests and has asked us to try again later",
    503: "the server is currently unable to handle the request",
    504: "the server was unable to return a response in the time allotted, but may still be processing the request",
  };
  const status = saidStatus(body);
  if (status !== undefined) return status;
  const said = body.trim().slice(0, 2_048);
  if (code >= 500 && code !== 503 && code !== 504) {
    return `an error on the server (${JSON.stringify(said === "" ? "unknown" : said)}) has prevented the request from succeeding`;
  }
  return words[code] ?? `the server responded with the status code ${code} but did not return more information`;
}

/** What an API server says that was asked instead of a webhook. */
function saidStatus(body: string): string | undefined {
  if (body.length > statusCharsMax || !body.includes('"Status"')) return undefined;
  try {
    const { kind, message } = JSON.parse(body) as { readonly kind?: unknown; readonly message?: unknown };
    return kind === "Status" && typeof message === "string" && message !== "" ? message : undefined;
  } catch {
    return undefined;
  }
}

function outcomeOf(
  text: string,
  { called, expected }: { readonly called: WebhookCall; readonly expected: Expected },
): CallOutcome {
  const read = readReview(text, expected);
  if (!read.ok) return failed({ sort: "unasked", why: read.failure });
  const { allowed, status, patch, warnings } = read.value;
  warn(called.admitting.call, warnings);
  if (allowed) return ok({ patch });
  return failed({ sort: "denied", status: denial(called.webhook.name, status) });
}

/** What a client is told of a webhook's refusal: never that all is well. */
function denial(name: string, said: Partial<Status> = {}): Status {
  const { message, reason, code = 0 } = said;
  const denied = `admission webhook ${JSON.stringify(name)} denied the request`;
  const why = message || reason;
  return {
    ...said,
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: why ? `${denied}: ${why}` : `${denied} without explanation`,
    code: Number.isInteger(code) && code >= 400 && code <= 599 ? code : 400,
  };
}
