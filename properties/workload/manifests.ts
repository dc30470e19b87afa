import type { Deployment, Pod, PodSpec, Service, ServiceSpec } from "../../actors/api/types.ts";
import type { Command } from "./command.ts";

const namespace = "default";

/** The Deployment that a command asks for. */
export function deploymentOf(command: Command & { readonly op: "create" }): Deployment {
  const { name, replicas, maxSurge, maxUnavailable, minReadySeconds = 0 } = command;
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas,
      ...(minReadySeconds === 0 ? {} : { minReadySeconds }),
      selector: { matchLabels: labels },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } },
      template: { metadata: { labels }, spec: podSpec(command) },
    },
    status: {},
  };
}

/** The pod that a command asks for. */
export function podOf(command: Command & { readonly op: "createPod" }): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: command.name, namespace },
    spec: podSpec(command),
    status: {},
  };
}

const serviceSpecs = {
  plain: {},
  headless: { clusterIP: "None" },
  unready: { publishNotReadyAddresses: true },
  nodePort: { type: "NodePort" },
  local: { type: "NodePort", externalTrafficPolicy: "Local", internalTrafficPolicy: "Local" },
} satisfies Record<string, ServiceSpec>;

/** The Service that a command asks for. */
export function serviceOf({ name, selects, shape }: Command & { readonly op: "createService" }): Service {
  const spec = { selector: { app: selects }, ports: [{ name: "http", port: 80 }], ...serviceSpecs[shape] };
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec, status: {} };
}

/** All pods ask for the same, so that how many fit on a node is a matter of counting. */
export const podCpuMillis = 100;

function podSpec({ image, probed = false }: { readonly image: string; readonly probed?: boolean }): PodSpec {
  const readinessProbe = { tcpSocket: { port: 80 }, periodSeconds: 2 };
  return {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: "main",
        image,
        resources: { requests: { cpu: `${podCpuMillis}m` } },
        ...(probed ? { readinessProbe } : {}),
      },
    ],
  };
}
