import type { WebhookClientConfig } from "kubernetes-types/admissionregistration/v1.js";
import type { HttpsAnswer, Step } from "../../../runtime/mod.ts";
import type { Frozen } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { authorityIn, destinationOf } from "../aggregation/service_destination.ts";
import type { Server } from "../server.ts";
import { askServer } from "./ask_server.ts";
import { failureText } from "./failure_text.ts";

/** A question to a webhook of any sort. */
export interface WebhookQuestion {
  readonly clientConfig: Frozen<WebhookClientConfig>;
  readonly body: string;
  /** How long it may take. */
  readonly seconds: number;
  /** A longer answer is none. */
  readonly bytesMax: number;
  /** As whom the server asks. */
  readonly asker: string;
  /** What was answered, or why nothing was, in the words of Kubernetes' client. */
  readonly done: (answer: Result<string, string>, step: Step) => void;
}

const statusCharsMax = 16_384;

/** Asks a webhook over HTTPS, wherever its client configuration says that it is. */
export function askWebhook(server: Server, step: Step, question: WebhookQuestion) {
  const { clientConfig, body, seconds, bytesMax, asker, done } = question;
  const destination = destinationOf(server, clientConfig, step);
  const asked = (base: string) => `${withCleanPath(base)}?timeout=${seconds}s`;
  const unanswered = (url: string, why: string) => failed(`Post ${JSON.stringify(url)}: ${why}`);
  if (!destination.ok) return done(unanswered(asked(destination.failure.url), destination.failure.why), step);
  const { host, port, connectTo } = destination.value;
  const ca = authorityIn(clientConfig.caBundle);
  const url = asked(destination.value.url);
  const request = {
    method: "POST" as const,
    url,
    headers: { accept: "application/json", "content-type": "application/json", "user-agent": asker },
    body,
    timeoutMs: seconds * 1_000,
    bytesMax,
    ...(ca === undefined ? {} : { ca }),
    ...(connectTo ? { connectTo } : {}),
  };
  server.asks.wait<HttpsAnswer>(askServer(destination.value, request, step), (answer, later) => {
    const told = answer.ok ? answer.value : ({ ok: false, code: answer.failure, message: answer.failure } as const);
    if (!told.ok) return done(unanswered(url, failureText(told, { host, port })), later);
    const isGood = told.code >= 200 && told.code <= 299;
    done(isGood ? ok(told.body) : failed(statusText(told)), later);
  });
}

/** A URL as Kubernetes' client asks it: its path begins with a slash, and does not end with one. */
function withCleanPath(url: string): string {
  const slash = url.indexOf("/", url.indexOf("//") + 2);
  const [place, path] = slash < 0 ? [url, ""] : [url.slice(0, slash), url.slice(slash)];
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `${place}/${parts.join("/")}`;
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
