import type { Step } from "../../../runtime/mod.ts";
import { badRequest, type Status, serviceUnavailable } from "../../api/status.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { bracketed, hostPort } from "../../network/ip.ts";
import {
  type ProxiedRequest,
  type ProxyPath,
  proxiedUpgrade,
  proxyPathOf,
  readProxied,
} from "../proxy/proxied_request.ts";
import { type ProxyName, proxyNameOf } from "../proxy/proxy_name.ts";
import { type ProxyFailure, proxyThrough } from "../proxy/proxy_stream.ts";
import { type Backend, serviceBackend } from "../proxy/service_backend.ts";
import { upgradeRefusal } from "../proxy/upgrades.ts";
import { type Call, respondStatus } from "../requests/call.ts";
import { findItem } from "../requests/get.ts";
import { existing } from "../requests/write_object.ts";
import type { Server } from "../server.ts";
import type { RawRequest } from "../streams/client_side.ts";
import { placeOf } from "./_pod_target.ts";
import { proxyFailure } from "./_proxy_failures.ts";

const httpPort = 80;
const httpsPort = 443;

/** Where the segment `proxy` is in `/api/v1/namespaces/NS/pods/NAME/proxy`. */
const proxySegment = 7;

/** Asks a pod, or one behind a service, what the client wants to know of it. */
export function serveProxy(server: Server, call: Call, step: Step) {
  const { kind, name, namespace } = call;
  const wanted = proxyNameOf(name);
  if (!wanted) return respondStatus(call, step, badRequest(`invalid ${kind.singular} request ${JSON.stringify(name)}`));
  if (kind.plural === "services") {
    const chosen = serviceBackend(server, { namespace, wanted }, step);
    return chosen.ok
      ? pass(server, { call, ...chosen.value, wanted }, step)
      : respondStatus(call, step, chosen.failure);
  }
  findItem(server, { ...call, name: wanted.name }, step, (found, later) => {
    if (!found.ok) return respondStatus(call, later, found.failure);
    const pod = existing(call, found.value) as Frozen<Pod>;
    const port = podPort(pod, wanted);
    if (port.ok) pass(server, { call, pod, port: port.value, wanted }, later);
    else respondStatus(call, later, port.failure);
  });
}

/** The port that was asked for, or the first that a container of the pod has. */
function podPort({ spec }: Frozen<Pod>, { name, port }: ProxyName): Result<number, Status> {
  if (port === "") {
    const first = spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort;
    return ok(first ?? httpPort);
  }
  if (/^\d+$/.test(port)) return ok(Number(port));
  const unknown = `error trying to reach service: dial tcp: lookup tcp/${port}: unknown port (of pod "${name}")`;
  return failed(serviceUnavailable(unknown));
}

interface Passing extends Backend {
  readonly call: Call;
  readonly wanted: ProxyName;
}

function pass(server: Server, { call, pod, port, wanted }: Passing, step: Step) {
  const { client } = call;
  const raw = client?.raw;
  if (!client || !raw) return respondStatus(call, step, badRequest("a proxy answers over HTTP only"));
  const isUpgrade = client.upgrade !== "";
  const wrong = isUpgrade ? upgradeRefusal(raw) : undefined;
  if (wrong) return respondStatus(call, step, wrong);
  const path = proxyPathOf(raw.url, proxySegment);
  if (isRootless(raw, path) && !isUpgrade) return redirect(call, step, `${path.prefix}/${path.rest}`);
  const ip = pod.status.podIP ?? "";
  if (ip === "") return respondStatus(call, step, badRequest("address not allowed"));
  const failureOf = (why: ProxyFailure) => proxyFailure(why, { address: hostPort({ ip, port }), isUpgrade });
  const place = placeOf(server, pod, "");
  if (!place)
    return respondStatus(call, step, failureOf(`dial tcp ${hostPort({ ip, port })}: connect: no route to host`));
  const isTls = wanted.scheme === "https";
  const host = port === (isTls ? httpsPort : httpPort) ? bracketed(ip) : hostPort({ ip, port });
  const proxy = (request: ProxiedRequest, later: Step) => {
    const { kubelet, target } = place;
    const purpose = { kind: "portforward", port, ...target } as const;
    proxyThrough(
      server.kubeletStreams,
      {
        ...{ client, request, target: { kubelet, purpose, host, prefix: path.prefix, isTls } },
        failed: (why, when) => respondStatus(call, when, failureOf(why)),
      },
      later,
    );
  };
  // As in Kubernetes 1.34 an upgrade goes on without its query.
  if (isUpgrade) return proxy(proxiedUpgrade(raw, path.rest.split("?")[0] || "/"), step);
  readProxied(
    raw,
    {
      path,
      done: (request, later) =>
        request.ok ? proxy(request.value, later) : respondStatus(call, later, request.failure),
    },
    step,
  );
}

/** Whether nothing is asked for behind a proxy, not even its root. */
export function isRootless({ method }: Pick<RawRequest, "method">, { rest }: ProxyPath): boolean {
  return (method === "GET" || method === "HEAD") && (rest === "" || rest.startsWith("?"));
}

/** Links within what is shown are relative to a path that ends with a slash. */
export function redirect(call: Call, step: Step, location: string) {
  call.client?.openText(step, () => {}, { code: 301, headers: { Location: location } }).end(step);
}
