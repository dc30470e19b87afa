import type { AskId, NetRequest, Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import type { Frozen } from "../../api/types.ts";
import { indentJson } from "./indent.ts";

/** What every response of an API server carries. */
const commonHeaders = { "Cache-Control": "no-cache, private" };

/** Who is to be answered, and how. */
export interface Asker {
  readonly exchange: number;
  /** A person reads it. */
  readonly isPerson: boolean;
}

/** A whole response. */
export interface HttpResponse {
  readonly code: number;
  readonly body: string;
  /** The body is sent as it is; else it is an encoded object. Default false. */
  readonly isVerbatim?: boolean;
  /** Default `application/json`. */
  readonly contentType?: string;
  readonly warnings?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers an HTTP request. */
export function respondHttp(step: Step, { exchange, isPerson }: Asker, response: HttpResponse): void {
  const { code } = response;
  // As Go's encoders end it.
  const body = response.isVerbatim ? response.body : isPerson ? indentJson(response.body) : `${response.body}\n`;
  const request: NetRequest = { op: "respond", exchange, code, headers: headersOf(response), body, end: true };
  step.device("net", request);
}

type Headed = Pick<HttpResponse, "contentType" | "warnings" | "headers">;

function headersOf({ contentType = "application/json", warnings = [], headers = {} }: Headed): Record<string, string> {
  const all: Record<string, string> = { ...commonHeaders, "Content-Type": contentType, ...headers };
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
export function respondHttpStatus(
  step: Step,
  asker: Asker,
  status: Frozen<Status>,
  warnings: readonly string[] = [],
): void {
  const seconds = status.details?.retryAfterSeconds;
  const headers = seconds ? { "Retry-After": String(seconds) } : {};
  respondHttp(step, asker, { code: status.code, body: JSON.stringify(status), headers, warnings });
}

/** A warning as RFC 7234 writes it: code 299, no agent. */
function warningText(text: string): string {
  const quoted = text.replace(/[\\"]/g, (char) => `\\${char}`).replace(/[^\x20-\x7e]/g, "?");
  return `299 - "${quoted}"`;
}

/** Opens a response that goes on: the events of a watch, the lines of a log, a long list. */
export function openHttp(step: Step, exchange: number, headed: Headed): AskId {
  const request: NetRequest = { op: "respond", exchange, code: 200, headers: headersOf(headed), body: "", end: false };
  return step.device("net", request);
}
