import type { Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import type { Result } from "../../kit/result.ts";
import { bytesOfText } from "../../network/http/byte_text.ts";
import type { HttpHeader } from "../../network/http/http_message.ts";
import { withoutTokens } from "../authentication/_bearer_token.ts";
import type { RawRequest } from "../streams/client_side.ts";

/** A request on its way to somebody else. */
export interface ProxiedRequest {
  readonly method: string;
  /** Path and query, as the other side is asked for them. */
  readonly target: string;
  readonly headers: readonly HttpHeader[];
  /** As bytes, a character each. */
  readonly body: string | undefined;
  /** It asks to go on with another protocol. Default false. */
  readonly upgrades?: boolean;
}

/** What goes only to this server: it is about the connection, or for those who may act as the client. */
const notPassedOn: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding"],
  ...["upgrade", "authorization", "host", "content-length", "expect", "x-forwarded-uri", "accept-encoding"],
]);

/** Of a request to go on with another protocol nearly all goes on, and the other side is told whom the client takes it for. */
const notPassedOnUpgrading: ReadonlySet<string> = new Set([
  ...["proxy-authenticate", "proxy-authorization", "trailer", "transfer-encoding", "authorization", "content-length"],
  "expect",
]);

/** Who acts as somebody else was judged here; behind it that one asks. */
const impersonation = "impersonate-";

/** Where behind the path of a proxy something is asked for: `/api/v1/.../proxy`, and what comes after it. */
export interface ProxyPath {
  readonly prefix: string;
  /** Empty, or with a slash at its beginning; encoded anew as Go does it, with the query as it came. */
  readonly rest: string;
}

/**
 * Splits a URL behind the `at`-th segment of its path, which is a proxy's own. A path is known decoded, as everybody judges
 * it, and is encoded where it has to be: what was an encoded slash is a plain one then, wherever it was.
 */
export function proxyPathOf(url: string, at: number): ProxyPath {
  const query = url.indexOf("?");
  const pathEnd = query < 0 ? url.length : query;
  const path = decodeURIComponent(url.slice(0, pathEnd));
  let end = 0;
  for (let segments = 0; segments < at && end < path.length; segments++) {
    while (path[end] === "/") end++;
    while (end < path.length && path[end] !== "/") end++;
  }
  return { prefix: encodedPath(path.slice(0, end)), rest: `${encodedPath(path.slice(end))}${url.slice(pathEnd)}` };
}

function encodedPath(path: string): string {
  return encodeURI(path).replace(/[!'()*?#]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Of a client's headers those that are for others, too: none that says or shows who it is. */
function passedOn(headers: RawRequest["headers"], kept: ReadonlySet<string>): HttpHeader[] {
  const passed: HttpHeader[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (kept.has(name) || name.startsWith(impersonation)) continue;
    const shown = name === "sec-websocket-protocol" ? withoutTokens(value) : value;
    if (shown !== "" || value === "") passed.push([name, shown]);
  }
  return passed;
}

/** A client's request to go on with another protocol, to be passed on; it has no body. */
export function proxiedUpgrade({ method, headers }: RawRequest, target: string): ProxiedRequest {
  return { method, target, headers: passedOn(headers, notPassedOnUpgrading), body: undefined, upgrades: true };
}

/** Reads a client's request, to be passed on. */
export function readProxied(
  raw: RawRequest,
  { path, done }: { readonly path: ProxyPath; done(request: Result<ProxiedRequest, Status>, step: Step): void },
  step: Step,
) {
  const headers = passedOn(raw.headers, notPassedOn);
  const target = path.rest.startsWith("/") ? path.rest : `/${path.rest}`;
  const forwarded: HttpHeader = ["x-forwarded-uri", raw.url.split("?")[0] ?? ""];
  raw.readBody(step, (body, later) => {
    if (!body.ok) return done(body, later);
    const { body: text, bodyEncoding } = body.value;
    const bytes = text === undefined ? undefined : bodyEncoding === "base64" ? atob(text) : bytesOfText(text);
    const request = { method: raw.method, target, headers: [...headers, forwarded], body: bytes };
    done({ ok: true, value: request }, later);
  });
}
