import type { Step } from "../../runtime/mod.ts";
import type { AskProxyPage, ProxyPage } from "../kube_proxy/messages.ts";
import type { End } from "../network/connection.ts";
import { type ComputerData, trafficOf } from "./data.ts";
import { isLoopback, scopeOf } from "./loopback.ts";
import { isNodeIp } from "./own_ips.ts";
import { servePages } from "./serve_pages.ts";

/** Where a kube-proxy tells everybody how it is. */
const healthPort = 10_256;
/** Where it tells its own node more. */
const metricsPort = 10_249;
const answerMsMax = 5_000;

/**
 * Has the node's kube-proxy answer at the ports that it listens on; while it is away nobody does. False where the port is
 * none of them.
 *
 * @see https://kubernetes.io/docs/reference/networking/ports-and-protocols/
 */
export function answerProxy(data: ComputerData, end: End, step: Step): boolean {
  const { kubeProxy } = data.input;
  const server = serverAt(data, end);
  if (kubeProxy === undefined || server === undefined) return false;
  const ask = (path: string, then: (page: ProxyPage | undefined, step: Step) => void, now: Step) => {
    const message: AskProxyPage = { type: "proxy.page", server, path };
    data.calls.set(now.ask(kubeProxy, message, answerMsMax), (page, later) =>
      then(page as ProxyPage | undefined, later),
    );
  };
  ask(
    "",
    (alive, later) => {
      if (!alive) return trafficOf(data).transport.refuse(end, later);
      servePages(data, { end, page: ask }, later);
    },
    step,
  );
  return true;
}

function serverAt({ input }: ComputerData, { local: { ip, port } }: End): AskProxyPage["server"] | undefined {
  const isOwnLoopback = isLoopback(ip) && scopeOf(ip) === undefined;
  if (port === healthPort) return isOwnLoopback || isNodeIp(input, ip) ? "health" : undefined;
  return port === metricsPort && isOwnLoopback ? "metrics" : undefined;
}
