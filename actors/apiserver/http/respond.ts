import type { AnswerHeaders, AskId, NetRequest, Step } from "../../../runtime/mod.ts";
import { bytesText, encodeProtobuf } from "../../api/protobuf_encode.ts";
import { isNotFoundPath, notAcceptableText, type Status } from "../../api/status.ts";
import type { Fields, Frozen } from "../../api/types.ts";
import { yamlText } from "../../api/yaml_text.ts";
import { present } from "../../kit/present.ts";
import { type Encoding, mediaTypes } from "../requests/representation.ts";
import { indentJson } from "./indent.ts";

/** What every response of an API server carries. */
const schemaHeader = "X-Kubernetes-PF-FlowSchema-UID";
const levelHeader = "X-Kubernetes-PF-PriorityLevel-UID";
const commonHeaders = { "Cache-Control": "no-cache, private" };

/** What every answer to a request carries. */
export interface Marks {
  /** What tells this request from all others, in logs and in the answer. */
  readonly auditId: string;
  /** The schema and the level of its priority, by their uids. Default: it has none. */
  readonly flow?: { readonly schema: string; readonly level: string };
}

/** Those of a request alone. */
export function marksOf({ auditId, flow }: Marks): Marks {
  return { auditId, ...(flow ? { flow } : {}) };
}

/** Who is to be answered, and how. */
export interface Asker extends Marks {
  readonly exchange: number;
  /** A person reads it. */
  readonly isPerson: boolean;
  /** In which form objects are written. */
  readonly encoding: Encoding;
  /** Nothing of Kubernetes' own is below the path that was asked for: that nothing is there is said by a text. Default false. */
  readonly isAstray?: boolean;
}

/** How what is for people alone is answered. */
export const plainText = {
  contentType: "text/plain; charset=utf-8",
  isVerbatim: true,
  headers: { "X-Content-Type-Options": "nosniff" },
} as const;

/** A whole response. */
export interface HttpResponse {
  readonly code: number;
  readonly body: string;
  /** The body is sent as it is; else it is an encoded object. Default false. */
  readonly isVerbatim?: boolean;
  /** A body that is sent as it is has a character for each byte. Default: it is text. */
  readonly isBinary?: boolean;
  /** Default: that of the form in which objects are written. */
  readonly contentType?: string;
  readonly warnings?: readonly string[];
  readonly headers?: AnswerHeaders;
}

/** Answers an HTTP request. */
export function respondHttp(step: Step, asker: Asker, response: HttpResponse) {
  const { isPerson, encoding } = asker;
  if (response.isVerbatim) return send(step, asker, response);
  // As Go's encoders end it.
  const laidOut = (text: string) => (isPerson ? indentJson(text) : `${text}\n`);
  if (encoding === "json") return send(step, asker, { ...response, body: laidOut(response.body) });
  const encoded = encodedAs(encoding, response);
  // There is no form of it but JSON, and who takes no other is told so.
  if (!encoded) return respondHttpStatus(step, { ...asker, encoding: "json" }, unmarshalable(response));
  send(step, asker, encoded);
}

function send(step: Step, asker: Asker, response: HttpResponse): void {
  const { exchange } = asker;
  const { code, body, isBinary } = response;
  const headers = headersOf(response, asker);
  const binary = isBinary ? { encoding: "latin1" as const } : {};
  const request: NetRequest = { op: "respond", exchange, code, headers, body, end: true, mayCompress: true, ...binary };
  step.device("net", request);
}

/** The response with its object in YAML or in protocol buffers; undefined when there is no such form of it. */
function encodedAs(encoding: Exclude<Encoding, "json">, response: HttpResponse): HttpResponse | undefined {
  const object = JSON.parse(response.body) as Fields;
  const contentType = mediaTypes[encoding];
  if (encoding === "yaml") return { ...response, body: yamlText(object), isVerbatim: true, contentType };
  const bytes = encodeProtobuf(object);
  return bytes && { ...response, body: bytesText(bytes), isVerbatim: true, isBinary: true, contentType };
}

/** In the words of a server whose type has no form in protocol buffers. */
function unmarshalable({ body }: HttpResponse): Status {
  const { kind } = JSON.parse(body) as Fields;
  const text = `object *${kind} does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message`;
  return notAcceptableText(text);
}

type Headed = Pick<HttpResponse, "contentType" | "warnings" | "headers">;

function headersOf({ contentType = mediaTypes.json, warnings = [], headers = {} }: Headed, { auditId, flow }: Marks) {
  const all: Record<string, AnswerHeaders[string]> = {
    "Audit-Id": auditId,
    ...commonHeaders,
    ...(flow ? { [schemaHeader]: flow.schema, [levelHeader]: flow.level } : {}),
    "Content-Type": contentType,
    ...headers,
  };
  // What was passed on may have no type.
  if (contentType !== "") all["Content-Type"] = contentType;
  if (warnings.length > 0) all.Warning = shownWarnings(warnings).map(warningText).join(", ");
  return all;
}

/** What all warnings together may be long, and each of them when they are too long. Kubernetes' own. */
const warningsCharsMax = 4 * 1024;
const warningCharsMax = 256;

/** The warnings that a response has room for, none of them twice. */
export function shownWarnings(warnings: readonly string[]): string[] {
  const unique = [...new Set(warnings)].filter((text) => text !== "");
  if (unique.reduce((sum, text) => sum + text.length, 0) <= warningsCharsMax) return unique;
  const shown: string[] = [];
  let chars = 0;
  for (const text of unique) {
    if (chars >= warningsCharsMax) break;
    const begin = text.slice(0, warningCharsMax);
    chars += begin.length;
    shown.push(begin);
  }
  return shown;
}

/** Answers an HTTP request with a Status. */
export function respondHttpStatus(step: Step, asker: Asker, status: Frozen<Status>, warnings: readonly string[] = []) {
  if (asker.isAstray && isNotFoundPath(status))
    return send(step, asker, { code: status.code, body: "404 page not found\n", ...plainText });
  const seconds = status.details?.retryAfterSeconds;
  const headers = seconds ? { "Retry-After": String(seconds) } : {};
  respondHttp(step, asker, { code: status.code, body: JSON.stringify(status), headers, warnings });
}

/** A warning as RFC 7234 writes it: code 299, no agent. */
function warningText(text: string): string {
  const quoted = text.replace(/[\\"]/g, (char) => `\\${char}`).replace(/[^\x20-\x7e]/g, "?");
  return `299 - "${quoted}"`;
}

/** A response that goes on. */
export interface HttpOpening extends Headed, Marks {
  /** Default 200. */
  readonly code?: number;
  readonly exchange: number;
  /** What is written are bytes, a character each. Default: it is text. */
  readonly isBinary?: boolean;
  /** Default false. */
  readonly mayCompress?: boolean;
}

/** Opens a response that goes on: the events of a watch, the lines of a log, a long list. */
export function openHttp(step: Step, opening: HttpOpening): AskId {
  const { exchange, code = 200, isBinary, mayCompress = false, contentType, warnings, headers } = opening;
  const headed = present({ contentType, warnings, headers });
  const request: NetRequest = {
    ...{ op: "respond", exchange, code, body: "", end: false },
    headers: headersOf(headed, opening),
    ...(isBinary ? { encoding: "latin1" } : {}),
    ...(mayCompress ? { mayCompress } : {}),
  };
  return step.device("net", request);
}
