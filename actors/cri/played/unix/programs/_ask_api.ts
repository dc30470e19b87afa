import { bracketed } from "../../../../network/ip.ts";
import { bytesOf, textOf } from "../byte_text.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askHttp, type Outcome, type Question } from "./_ask_http.ts";
import { fileText } from "./_curl_security.ts";

const account = "/var/run/secrets/kubernetes.io/serviceaccount";
const answerMsMax = 30_000;

/** What a program in a pod asks of the API server, as the account of its pod. */
export interface ApiQuestion extends Pick<Question, "method" | "isEnough"> {
  /** `/api/v1/services`. */
  readonly path: string;
  /** What is sent as JSON. Default: nothing. */
  readonly object?: object;
  /** How long it may take. Default: 30 seconds. */
  readonly timeoutMs?: number;
  /** What that is. Default: `application/json`. */
  readonly contentType?: string;
  /** In which form the answer is wanted. Default: as JSON. */
  readonly accept?: string;
  /** Of each object no more than its metadata is wanted. Default: all of it. */
  readonly metadataOf?: "list" | "object";
}

const metadataForms = { list: "PartialObjectMetadataList", object: "PartialObjectMetadata" } as const;

/** What came of it: an object or the text of a list of events, or why not, in client-go's words. */
export type ApiAnswer =
  | { readonly ok: true; readonly body: string }
  | {
      readonly ok: false;
      readonly reason: string;
      /** As bytes, for whoever writes it on. */
      readonly text: string;
      /** Undefined: no server answered. */
      readonly status?: number;
    };

/** Asks the API server as client-go does within a cluster. */
export function* askApi(self: Process, question: ApiQuestion): Running<ApiAnswer> {
  const { path, object, timeoutMs = answerMsMax, method = object ? "POST" : "GET", isEnough, metadataOf } = question;
  const { contentType = "application/json", accept = "application/json" } = question;
  const host = self.env.get("KUBERNETES_SERVICE_HOST") ?? "";
  const port = Number(self.env.get("KUBERNETES_SERVICE_PORT") ?? 0);
  if (host === "" || port === 0) {
    const missing = "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined";
    return { ok: false, reason: "", text: `unable to load in-cluster configuration, ${missing}` };
  }
  const token = fileText(self, `${account}/token`);
  if (token === undefined) return { ok: false, reason: "", text: `open ${account}/token: no such file or directory` };
  const outcome = yield* askHttp(self, {
    ...{ host, port, target: path, method },
    secured: { serverName: host, trusted: fileText(self, `${account}/ca.crt`) ?? "" },
    headers: [
      ["Authorization", `Bearer ${token.trim()}`],
      ["Accept", metadataOf ? `application/json;as=${metadataForms[metadataOf]};g=meta.k8s.io;v=v1` : accept],
      ...(object ? [["Content-Type", contentType] as const] : []),
    ],
    ...(object ? { body: bytesOf(JSON.stringify(object)) } : {}),
    ...(isEnough ? { isEnough } : {}),
    untilMs: self.kernel.host.uptimeMs() + timeoutMs,
  });
  if (outcome.kind !== "answer") {
    const asked = `https://${bracketed(host)}:${port}${path}`;
    return { ok: false, reason: "", text: `${wordOf(method)} ${JSON.stringify(asked)}: ${whyNot(outcome)}` };
  }
  return outcome.status < 300 ? { ok: true, body: textOf(outcome.body) } : refusal(outcome);
}

/** As Go names a method before a URL: `Get`. */
function wordOf(method: string): string {
  return method.slice(0, 1) + method.slice(1).toLowerCase();
}

function whyNot(outcome: Exclude<Outcome, { readonly kind: "answer" }>): string {
  if (outcome.kind === "unconnected") return `dial tcp: ${outcome.error}`;
  if (outcome.kind === "untrusted") return `tls: failed to verify certificate: ${outcome.fault.message}`;
  return outcome.kind === "late" ? "context deadline exceeded" : "EOF";
}

function refusal({ status, body }: Extract<Outcome, { readonly kind: "answer" }>): ApiAnswer {
  try {
    const { reason = "", message = "" } = JSON.parse(body) as { readonly reason?: string; readonly message?: string };
    if (message !== "") return { ok: false, reason, text: message, status };
  } catch {
    // What is no Status is told by its code.
  }
  return { ok: false, reason: "", text: `the server responded with the status code ${status}`, status };
}
