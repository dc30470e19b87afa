import type { Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import type { Result } from "../../kit/result.ts";
import type { User } from "../messages.ts";
import { type ProxiedRequest, proxiedUpgrade, proxyPathOf, readProxied } from "../proxy/proxied_request.ts";
import type { BadSwitch } from "../proxy/proxy_stream.ts";
import { type Open, type Relay, relay } from "../proxy/relay.ts";
import { upgradeFailure, upgradeRefusal } from "../proxy/upgrades.ts";
import type { Server } from "../server.ts";
import type { ClientSide } from "../streams/client_side.ts";
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
  const isUpgrade = client.upgrade !== "";
  const wrong = isUpgrade ? upgradeRefusal(raw) : undefined;
  if (wrong) return refused(wrong, step);
  const destination = found.value;
  const ask = (request: ProxiedRequest, later: Step) => {
    const open = openingOf(server, { remote, destination, request, user }, client);
    const failed: Relay["failed"] = (why, when) => say(client, failureOf(why, isUpgrade), when);
    relay(server, { client, open, destination, place: { host: new URL(open.url).host, prefix: "" }, failed }, later);
  };
  if (isUpgrade) return ask(proxiedUpgrade(raw, raw.url), step);
  const done = (request: Result<ProxiedRequest, Status>, later: Step) =>
    request.ok ? ask(request.value, later) : refused(request.failure, later);
  readProxied(raw, { path: proxyPathOf(raw.url, 0), done }, step);
}

interface Opening {
  readonly remote: Remote;
  readonly destination: Destination;
  readonly request: ProxiedRequest;
  readonly user: User;
}

function openingOf(server: Server, { remote, destination, request, user }: Opening, { raw }: ClientSide): Open {
  const { insecureSkipTLSVerify, caBundle } = remote.object.spec;
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of request.headers)
    if (name !== "host" && !identityHeaderPattern.test(name)) headers[name] = value;
  const { body, upgrades = false } = request;
  const ca = authorityIn(caBundle);
  const { host } = raw?.headers ?? {};
  return {
    op: "open",
    method: request.method,
    url: `https://${remote.service.name}.${remote.service.namespace}.svc:${remote.service.port}${request.target}`,
    headers: {
      ...headers,
      ...(upgrades ? {} : { ...(host ? { "x-forwarded-host": host } : {}), "x-forwarded-proto": "https" }),
      ...(body === undefined ? {} : { "content-length": String(body.length) }),
      ...identityHeaders(user),
    },
    ...(body === undefined ? {} : { body }),
    ...(upgrades ? { upgrades } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(insecureSkipTLSVerify ? { isUnverified: true } : {}),
    ...frontProxyOf(server),
    ...(destination.connectTo ? { connectTo: destination.connectTo } : {}),
    timeoutMs: answerMs,
  };
}

function failureOf(why: string | BadSwitch, isUpgrade: boolean): string {
  if (typeof why !== "string") return why.badSwitch;
  return isUpgrade ? upgradeFailure(why) : `error trying to reach service: ${why}`;
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
