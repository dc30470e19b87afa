import type { Step } from "../../../runtime/mod.ts";
import { badRequest } from "../../api/status.ts";
import type { Frozen, Node } from "../../api/types.ts";
import { bracketed } from "../../network/ip.ts";
import { type ProxiedRequest, type ProxyPath, proxiedUpgrade, readProxied } from "../proxy/proxied_request.ts";
import type { ProxyName } from "../proxy/proxy_name.ts";
import type { ProxyFailure } from "../proxy/proxy_stream.ts";
import { type Open, relay } from "../proxy/relay.ts";
import { type Call, respondStatus } from "../requests/call.ts";
import type { Server } from "../server.ts";
import type { ClientSide, RawRequest } from "../streams/client_side.ts";
import { proxyFailure } from "./_proxy_failures.ts";

/** Who listens at a node's port may take so long to begin to answer. */
const answerMs = 600_000;

/** A request to a port of a node that is not its kubelet's. */
export interface NodePortRequest {
  readonly call: Call;
  readonly client: ClientSide;
  readonly raw: RawRequest;
  readonly node: Frozen<Node>;
  readonly wanted: ProxyName;
  readonly path: ProxyPath;
}

/** Asks who listens there over the cluster's network; as in Kubernetes whoever does is trusted. */
export function passToNodePort(server: Server, asked: NodePortRequest, step: Step) {
  const { call, client, raw, node, wanted, path } = asked;
  const isUpgrade = client.upgrade !== "";
  const ip = node.status.addresses?.find(({ type }) => type === "InternalIP")?.address ?? "";
  if (ip === "") return respondStatus(call, step, badRequest("address not allowed"));
  const address = `${bracketed(ip)}:${wanted.port}`;
  const failed = (why: ProxyFailure, later: Step) =>
    respondStatus(call, later, proxyFailure(why, { address, isUpgrade }));
  if (!/^\d+$/.test(wanted.port)) return failed(`dial tcp: lookup tcp/${wanted.port}: unknown port`, step);
  if (!server.routes || !server.input.advertise) return failed(`dial tcp ${address}: connect: no route to host`, step);
  const base = `${wanted.scheme || "http"}://${address}`;
  const destination = { url: base, inPods: { ip, port: Number(wanted.port) }, host: ip, port: Number(wanted.port) };
  const ask = (request: ProxiedRequest, later: Step) => {
    const place = { host: new URL(base).host, prefix: path.prefix };
    relay(server, { client, open: openingOf(base, request), destination, place, failed }, later);
  };
  // As in Kubernetes 1.34 an upgrade goes on without its query.
  if (isUpgrade) return ask(proxiedUpgrade(raw, path.rest.split("?")[0] || "/"), step);
  const done: Parameters<typeof readProxied>[1]["done"] = (request, later) =>
    request.ok ? ask(request.value, later) : respondStatus(call, later, request.failure);
  readProxied(raw, { path, done }, step);
}

function openingOf(base: string, { method, target, headers, body, upgrades = false }: ProxiedRequest): Open {
  return {
    ...{ op: "open", method, url: `${base}${target}`, headers: Object.fromEntries(headers), isUnverified: true },
    ...(body === undefined ? {} : { body }),
    ...(upgrades ? { upgrades } : {}),
    timeoutMs: answerMs,
  };
}
