import type { Step } from "../../runtime/mod.ts";
import { familyOf } from "../kit/ip_number.ts";
import type { ServicePortRule } from "../kube_proxy/messages.ts";
import type { End, EndHandlers } from "../network/connection.ts";
import type { Endpoint } from "../network/endpoint.ts";
import { httpServer } from "../network/http/http_server.ts";
import { type ComputerData, trafficOf } from "./data.ts";
import { isLoopback, scopeOf } from "./loopback.ts";
import { isNodeIp } from "./own_ips.ts";

/** What a health check of a Service is answered. */
interface Health {
  readonly namespace: string;
  readonly name: string;
  readonly localEndpoints: number;
}

/** An answer to whoever asks a node's proxy. */
interface Page {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly text: string;
}

/** Where kube-proxy says whether it is well, and, to its own node alone, how it works. */
const [healthzPort, statusPort] = [10_256, 10_249];

/**
 * Answers who asks a node as its kube-proxy does: at a Service's port for health checks whether the node has endpoints of
 * a Service that keeps traffic on its nodes, and at its own two ports whether it is well. False where nobody answers.
 *
 * @see https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip
 * @see https://kubernetes.io/docs/reference/networking/ports-and-protocols/
 */
export function answerHealth(data: ComputerData, end: End, step: Step): boolean {
  const { port, ip } = end.local;
  if (!isNodeIp(data.input, ip) && !isNodeLoopback(ip)) return false;
  if (!hasOwnPage(data, end.local) && !healthAt(data, { port, ip })) return false;
  const { transport } = trafficOf(data);
  let later = step;
  let path = "";
  const http = httpServer({
    request({ url }) {
      path = new URL(url).pathname;
    },
    chunk() {},
    end() {
      const page = hasOwnPage(data, end.local)
        ? ownPage(port, path, later.nowMs)
        : serviceHealth(healthAt(data, { port, ip }));
      http.head({ status: page.status, headers: page.headers });
      http.chunk(page.text);
      http.end();
    },
    write: (bytes, isLast) => transport.write(end, { data: bytes, isLast }, later),
    broken: () => transport.reset(end, later),
    used: (bytes) => transport.take(end, bytes, later),
  });
  const handlers: EndHandlers<Step> = {
    opened() {},
    failed() {},
    taken() {},
    broken() {},
    received(_end, { data: bytes, isLast }, now) {
      later = now;
      if (bytes !== "") http.receive(bytes);
      if (isLast) http.receiveEnd();
      http.flush();
    },
  };
  transport.accept(end, handlers, step);
  return true;
}

function isNodeLoopback(ip: string): boolean {
  return isLoopback(ip) && scopeOf(ip) === undefined;
}

/** Whether that is a port of the proxy itself, which has made rules once it runs. */
function hasOwnPage({ rules }: ComputerData, { port, ip }: Endpoint): boolean {
  if (rules.generation() === 0) return false;
  return port === healthzPort || (port === statusPort && isNodeLoopback(ip));
}

function ownPage(port: number, path: string, nowMs: number): Page {
  const plain = (status: number, text: string): Page => ({ status, headers: [["Content-Type", "text/plain"]], text });
  if (port === healthzPort && path === "/healthz") {
    const now = JSON.stringify(`${new Date(nowMs).toISOString().replace("T", " ").replace("Z", "")} +0000 UTC`);
    const text = `{"lastUpdated": ${now},"currentTime": ${now}, "nodeEligible": true}`;
    return { status: 200, headers: jsonHeaders, text };
  }
  if (port === statusPort && path === "/healthz") return plain(200, "ok");
  if (port === statusPort && path === "/proxyMode") return plain(200, "iptables");
  return plain(404, "404 page not found\n");
}

const jsonHeaders = [
  ["Content-Type", "application/json"],
  ["X-Content-Type-Options", "nosniff"],
] as const;

/** What is asked for at a port; a Service has the port for all of its own. */
function healthAt({ rules }: ComputerData, { port, ip: asked }: Endpoint): Health | undefined {
  const found: ServicePortRule[] = [];
  for (const rule of rules.rules.values()) {
    const isOfFamily = (rule.family ?? "IPv4") === familyOf(asked);
    if (rule.healthCheckNodePort === port && isOfFamily) found.push(rule);
  }
  const [first] = found;
  if (!first) return undefined;
  const [namespace = "", service = ""] = first.name.split("/");
  const ips = new Set(found.flatMap(({ local }) => local.map(({ ip }) => ip)));
  return { namespace, name: service.split(":")[0] ?? "", localEndpoints: ips.size };
}

function serviceHealth(health: Health | undefined): Page {
  const { namespace = "", name = "", localEndpoints = 0 } = health ?? {};
  const service = `"service": {\n\t\t"namespace": ${JSON.stringify(namespace)},\n\t\t"name": ${JSON.stringify(name)}\n\t}`;
  return {
    status: localEndpoints > 0 ? 200 : 503,
    headers: [...jsonHeaders, ["X-Load-Balancing-Endpoint-Weight", String(localEndpoints)]],
    text: `{\n\t${service},\n\t"localEndpoints": ${localEndpoints},\n\t"serviceProxyHealthy": true\n}`,
  };
}
