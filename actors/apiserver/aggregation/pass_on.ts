import type { HttpsHead, HttpsHeaders, HttpsPiece, HttpsStreamRequest, Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import type { Result } from "../../kit/result.ts";
import type { User } from "../messages.ts";
import { type ProxiedRequest, proxyPathOf, readProxied } from "../proxy/proxied_request.ts";
import { headerText, passedHeaders } from "../proxy/proxy_stream.ts";
import type { Server } from "../server.ts";
import type { ClientSide, TextHead, TextOut } from "../streams/client_side.ts";
import { askForPieces } from "../webhooks/ask_server.ts";
import { failureText } from "../webhooks/failure_text.ts";
import { frontProxyOf, identityHeaderPattern, identityHeaders } from "./front_proxy.ts";
import { isAvailable, type Remote } from "./remotes.ts";
import { authorityIn, type Destination, destinationOf } from "./service_destination.ts";

/** When the answer of somebody else has to have begun: as long as a request may take in Kubernetes. */
const answerMs = 60_000;

/** A request that somebody else answers. */
export interface PassedOn {
  readonly remote: Remote;
  readonly client: ClientSide;
  readonly user: User;
  /** Who asks is told that what it sent cannot be taken. */
  refused(status: Status, step: Step): void;
}

/** Has the server behind an APIService answer a request. Who may ask was judged before. */
export function passOn(server: Server, { remote, client, user, refused }: PassedOn, step: Step) {
  const { raw } = client;
  const found = isAvailable(remote) ? destinationOf(server, { service: remote.service }, step) : undefined;
  if (!raw || !found?.ok) return say(client, "service unavailable", step);
  if (client.upgrade !== "") {
    return say(client, `unable to upgrade to ${client.upgrade}: this server passes on no such connections`, step);
  }
  const done = (request: Result<ProxiedRequest, Status>, later: Step) => {
    if (!request.ok) return refused(request.failure, later);
    const open = openingOf(server, { remote, destination: found.value, request: request.value, user }, client);
    relay(server, { client, open, destination: found.value }, later);
  };
  readProxied(raw, { path: proxyPathOf(raw.url, 0), done }, step);
}

interface Opening {
  readonly remote: Remote;
  readonly destination: Destination;
  readonly request: ProxiedRequest;
  readonly user: User;
}

type Open = Extract<HttpsStreamRequest, { readonly op: "open" }>;

function openingOf(server: Server, { remote, destination, request, user }: Opening, { raw }: ClientSide): Open {
  const { insecureSkipTLSVerify, caBundle } = remote.object.spec;
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of request.headers) if (!identityHeaderPattern.test(name)) headers[name] = value;
  const { body } = request;
  const ca = authorityIn(caBundle);
  const { host } = raw?.headers ?? {};
  return {
    op: "open",
    method: request.method,
    url: `https://${remote.service.name}.${remote.service.namespace}.svc:${remote.service.port}${request.target}`,
    headers: {
      ...headers,
      ...(host ? { "x-forwarded-host": host } : {}),
      "x-forwarded-proto": "https",
      ...(body === undefined ? {} : { "content-length": String(body.length) }),
      ...identityHeaders(user),
    },
    ...(body === undefined ? {} : { body }),
    ...(ca === undefined ? {} : { ca }),
    ...(insecureSkipTLSVerify ? { isUnverified: true } : {}),
    ...frontProxyOf(server),
    ...(destination.connectTo ? { connectTo: destination.connectTo } : {}),
    timeoutMs: answerMs,
  };
}

interface Relay {
  readonly client: ClientSide;
  readonly open: Open;
  readonly destination: Destination;
}

interface Answered {
  readonly code: number;
  readonly headers: HttpsHeaders;
}

function headOf({ url }: Open, { code, headers }: Answered): TextHead {
  return {
    code,
    headers: passedHeaders({ headers }, { host: new URL(url).host, prefix: "" }),
    contentType: headerText(headers, "content-type"),
    isBinary: true,
  };
}

/** Hands on what comes as it comes, no faster than the client takes it. */
function relay(server: Server, { client, open, destination }: Relay, step: Step) {
  const { asks } = server;
  asks.wait<HttpsHead>(askForPieces(destination, open, step), (answer, now) => {
    if (!answer.ok || !answer.value.ok) {
      const failure = answer.ok ? answer.value : { ok: false as const, code: answer.failure, message: answer.failure };
      const why = failure.ok ? "" : failureText(failure, destination);
      return say(client, `error trying to reach service: ${why}`, now);
    }
    const { code, headers, stream } = answer.value;
    let isGone = false;
    const out: TextOut = client.openText(
      now,
      (later) => {
        isGone = true;
        askForPieces(destination, { op: "close", stream }, later);
      },
      headOf(open, { code, headers }),
    );
    const read = (later: Step): void => {
      if (isGone) return;
      asks.wait<HttpsPiece>(askForPieces(destination, { op: "read", stream }, later), (piece, last) => {
        if (isGone) return;
        if (!piece.ok || !piece.value.ok) return out.abort(last);
        const { data, isLast } = piece.value;
        if (isLast) return out.end(last);
        out.write(data, last, read);
      });
    };
    read(now);
  });
}

/** Says why nobody answers, as Go's proxies do: in a line. */
function say(client: ClientSide, text: string, step: Step): void {
  const out = client.openText(step, () => {}, {
    code: 503,
    contentType: "text/plain; charset=utf-8",
    headers: { "X-Content-Type-Options": "nosniff" },
  });
  out.write(`${text}\n`, step, () => {});
  out.end(step);
}
