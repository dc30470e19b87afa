import { badRequest, type Status } from "../../api/status.ts";
import type { HttpHeader, HttpResponseHead } from "../../network/http/http_message.ts";
import { headerHas, headerOf } from "../../network/http/http_message.ts";
import type { RawRequest } from "../streams/client_side.ts";

/** So long a client may take what somebody answers to an upgrade who does not agree. Source: apimachinery's proxy. */
export const refusedUpgradeMs = 10_000;

/**
 * Why an upgrade is not passed on. HTTP/2 by this way would be requests that nobody here has judged, and who reads a body
 * that belongs to a request before it agrees could be told another end of it.
 */
export function upgradeRefusal({ headers }: Pick<RawRequest, "headers">): Status | undefined {
  const wanted = (headers.upgrade ?? "").split(",").map((each) => each.trim().toLowerCase());
  if (wanted.some((each) => /^(?:h2c?|http\/2.*)$/.test(each)))
    return badRequest(
      "unable to upgrade: HTTP/2 is not passed on, as nobody could judge its requests: send them by HTTP/1.1",
    );
  const { "content-length": length = "0", "transfer-encoding": coding } = headers;
  if (coding !== undefined || !/^0+$/.test(length))
    return badRequest("unable to upgrade: a request that has a body is not passed on, send it without one");
  return undefined;
}

const noTls = /^tls: first|^remote error: tls: |^http: server gave HTTP/;

/** Why there is no answer to an upgrade, in the words in which Kubernetes' proxy says it of what Go tells of a connection. */
export function upgradeFailure(text: string): string {
  if (/^(?:EOF|other side closed|terminated)$/.test(text)) return "unexpected EOF";
  const isDialing = noTls.test(text) || /^(?:dial tcp|tls: failed|context deadline)/.test(text);
  return isDialing
    ? `error dialing backend: ${text.replace(/^http: .*/, "tls: first record does not look like a TLS handshake")}`
    : text;
}

/** What is wrong with the beginning of an answer, as far as protocols go. */
export function switchFault({ status, headers }: HttpResponseHead, upgrades: boolean): string | undefined {
  if (upgrades) return status === 101 || status >= 400 ? undefined : `invalid upgrade response: status code ${status}`;
  if (status !== 101) return undefined;
  const protocol = headerHas(headers, "connection", "upgrade") ? (headerOf(headers, "upgrade") ?? "") : "";
  return `backend tried to switch protocol ${JSON.stringify(protocol)} when "" was requested`;
}

/** The headers of an answer that go to a client which asked for an upgrade and did not get it: all but those of the body. */
export function refusedHeaders(headers: readonly HttpHeader[]): HttpHeader[] {
  const framing = /^(?:connection|keep-alive|content-length|transfer-encoding|trailer|content-type)$/i;
  return headers.filter(([name]) => !framing.test(name));
}
