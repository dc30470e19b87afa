import { hostPort } from "../../network/ip.ts";

/** Where the API is for pods: the first IP of the range of Services, which the API server keeps for itself. */
const hostDefault = "10.96.0.1";
const port = "443";

/** The variables by which a container finds the API, whatever its pod says of other Services (`service_links.ts`). */
export function serviceEnvironment(host = hostDefault): Readonly<Record<string, string>> {
  const url = `tcp://${hostPort({ ip: host, port: Number(port) })}`;
  return {
    KUBERNETES_SERVICE_HOST: host,
    KUBERNETES_SERVICE_PORT: port,
    KUBERNETES_SERVICE_PORT_HTTPS: port,
    KUBERNETES_PORT: url,
    KUBERNETES_PORT_443_TCP: url,
    KUBERNETES_PORT_443_TCP_PROTO: "tcp",
    KUBERNETES_PORT_443_TCP_PORT: port,
    KUBERNETES_PORT_443_TCP_ADDR: host,
  };
}
