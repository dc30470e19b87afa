import type { Step } from "../../runtime/mod.ts";
import { familyOf } from "../kit/ip_number.ts";
import type { ServicePortRule } from "../kube_proxy/messages.ts";
import type { End } from "../network/connection.ts";
import type { Endpoint } from "../network/endpoint.ts";
import type { ComputerData } from "./data.ts";
import { isNodeIp } from "./own_ips.ts";
import { type Page, servePages } from "./serve_pages.ts";

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
  servePages(data, { end, page: (_path, done, now) => done(pageOf(healthAt(data, { port, ip })), now) }, step);
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

function pageOf(health: Health | undefined): Page {
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
  };
}
