import type { Step } from "../../runtime/mod.ts";
import { familyOf } from "../kit/ip_number.ts";
import type { ServicePortRule } from "../kube_proxy/messages.ts";
import type { End, EndHandlers } from "../network/connection.ts";
import type { Endpoint } from "../network/endpoint.ts";
import { httpServer } from "../network/http/http_server.ts";
import { type ComputerData, trafficOf } from "./data.ts";
import { isNodeIp } from "./own_ips.ts";

/** What a health check of a Service is answered. */
interface Health {
  readonly namespace: string;
  readonly name: string;
  readonly localEndpoints: number;
}

/**
 * Answers who asks a node at a Service's port for health checks, as its kube-proxy does: whether the node has endpoints
 * of a Service that keeps traffic on its nodes. False where the port is no such port.
 *
 * @see https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip
 */
export function answerHealth(data: ComputerData, end: End, step: Step): boolean {
  const { port, ip } = end.local;
  if (!isNodeIp(data.input, ip) || !healthAt(data, { port, ip })) return false;
  const { transport } = trafficOf(data);
  let later = step;
  const http = httpServer({
    request() {},
    chunk() {},
    end() {
      const body = bodyOf(healthAt(data, { port, ip }));
      http.head({ status: body.status, headers: body.headers });
      http.chunk(body.text);
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

function bodyOf(health: Health | undefined) {
  const { namespace = "", name = "", localEndpoints = 0 } = health ?? {};
  const service = `"service": {\n\t\t"namespace": ${JSON.stringify(namespace)},\n\t\t"name": ${JSON.stringify(name)}\n\t}`;
  return {
    status: localEndpoints > 0 ? 200 : 503,
    headers: [
      ["Content-Type", "application/json"],
      ["X-Content-Type-Options", "nosniff"],
      ["X-Load-Balancing-Endpoint-Weight", String(localEndpoints)],
    ],
    text: `{\n\t${service},\n\t"localEndpoints": ${localEndpoints},\n\t"serviceProxyHealthy": true\n}`,
  } as const;
}
