import type { AskId, NetRequest, Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";

/** What every response of an API server carries. */
const commonHeaders = { "Cache-Control": "no-cache, private" };

/** A whole response. */
export interface HttpResponse {
  readonly code: number;
  readonly body: string;
  /** Default `application/json`. */
  readonly contentType?: string;
  readonly warnings?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers an HTTP request. */
export function respondHttp(step: Step, exchange: number, response: HttpResponse): void {
  const { code, body, contentType = "application/json", warnings = [], headers = {} } = response;
  const all: Record<string, string> = { ...commonHeaders, "Content-Type": contentType, ...headers };
  if (warnings.length > 0) all.Warning = warnings.map(warningText).join(", ");
  const request: NetRequest = { op: "respond", exchange, code, headers: all, body, end: true };
  step.device("net", request);
}

/** Answers an HTTP request with a Status. */
export function respondHttpStatus(step: Step, exchange: number, status: Status): void {
  const seconds = status.details?.retryAfterSeconds;
  const headers = seconds ? { "Retry-After": String(seconds) } : {};
  respondHttp(step, exchange, { code: status.code, body: JSON.stringify(status), headers });
}

/** A warning as RFC 7234 writes it: code 299, no agent. */
function warningText(text: string): string {
  const quoted = text.replace(/[\\"]/g, (char) => `\\${char}`).replace(/[^\x20-\x7e]/g, "?");
  return `299 - "${quoted}"`;
}

/** Opens a response that goes on: the events of a watch, the lines of a log. */
export function openHttp(step: Step, exchange: number, contentType: string): AskId {
  const headers = { ...commonHeaders, "Content-Type": contentType };
  const request: NetRequest = { op: "respond", exchange, code: 200, headers, body: "", end: false };
  return step.device("net", request);
}
