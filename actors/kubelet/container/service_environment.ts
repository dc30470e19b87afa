/** Where the API is for pods: the first IP of the range of Services, which the API server keeps for itself. */
const host = "10.96.0.1";
const port = "443";

/** The variables by which a container finds the API, whatever its pod says of other Services (`service_links.ts`). */
export const serviceEnvironment: Readonly<Record<string, string>> = {
  KUBERNETES_SERVICE_HOST: host,
  KUBERNETES_SERVICE_PORT: port,
  KUBERNETES_SERVICE_PORT_HTTPS: port,
  KUBERNETES_PORT: `tcp://${host}:${port}`,
  KUBERNETES_PORT_443_TCP: `tcp://${host}:${port}`,
  KUBERNETES_PORT_443_TCP_PROTO: "tcp",
  KUBERNETES_PORT_443_TCP_PORT: port,
  KUBERNETES_PORT_443_TCP_ADDR: host,
};
