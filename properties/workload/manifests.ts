import type { Deployment, Pod, PodSpec, Service, ServiceSpec } from "../../actors/api/types.ts";
import type { ImageBehaviour } from "../../actors/cri/messages.ts";
import { frontNodePort } from "../traffic/traffic_plan.ts";
import type { Command, Drain } from "./command.ts";

const namespace = "default";

/** The Deployment that a command asks for. */
export function deploymentOf(command: Command & { readonly op: "create" }): Deployment {
  const { name, replicas, maxSurge, maxUnavailable, minReadySeconds = 0, nodeSelector } = command;
  const { revisionHistoryLimit } = command;
  const spec = command.drains ? serverSpec(command.image, command.drains) : podSpec(command);
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas,
      ...(revisionHistoryLimit === undefined ? {} : { revisionHistoryLimit }),
      ...(minReadySeconds === 0 ? {} : { minReadySeconds }),
      selector: { matchLabels: labels },
      strategy: command.recreate
        ? { type: "Recreate" }
        : { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } },
      template: {
        metadata: { labels },
        spec: { ...spec, ...(nodeSelector && { nodeSelector }) },
      },
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
    spec: { ...podSpec(command), ...(command.gated ? { readinessGates: [{ conditionType: gate }] } : {}) },
    status: {},
  };
}

const serviceSpecs = {
  plain: {},
  headless: { clusterIP: "None" },
  unready: { publishNotReadyAddresses: true },
  balanced: { type: "LoadBalancer" },
  nodePort: { type: "NodePort" },
  local: { type: "NodePort", externalTrafficPolicy: "Local", internalTrafficPolicy: "Local" },
  door: { type: "NodePort", ports: [{ name: "http", port: 80, nodePort: frontNodePort }] },
  stickyDoor: {
    type: "NodePort",
    ports: [{ name: "http", port: 80, nodePort: frontNodePort }],
    sessionAffinity: "ClientIP",
  },
} satisfies Record<string, ServiceSpec>;

/** The Service that a command asks for. */
export function serviceOf({ name, selects, shape, families }: Command & { readonly op: "createService" }): Service {
  const spec = {
    selector: { app: selects },
    ports: [{ name: "http", port: 80 }],
    ...serviceSpecs[shape],
    ...(families ? { ipFamilyPolicy: families } : {}),
  };
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec, status: {} };
}

/** The image of init containers: it ends soon. */
export const initImage = "first:1";

/** The image of Jobs: it does what it has to, and ends. */
export const jobImage = "work:1";

/** The image of Jobs that take a while. */
export const steadyImage = "work:3";

/** The image of Jobs that take longer than a minute. */
export const longImage = "work:2";

/** The image of Jobs that come to nothing. */
export const failingImage = "fail:1";

/** Images that no pod becomes ready with, each in its own way. */
export const brokenImages: Readonly<Record<string, ImageBehaviour>> = {
  "broken:1": { exitAfterMs: 300, exitCode: 1 },
  "broken:2": { missing: true },
  [failingImage]: { exitAfterMs: 400, exitCode: 3 },
};

/** What pods with a readiness gate wait for. */
export const gate = "example.com/gate";

/** All pods that may be on any node ask for the same, so that how many fit on one is a matter of counting. */
export const podCpuMillis = 100;

/** What a played pod has. */
export interface PlayedPod {
  readonly image: string;
  readonly probed?: boolean;
  readonly inits?: boolean;
  readonly bearsSeconds?: number;
  /** What it asks for. */
  readonly cpuMillis?: number;
}

/** The spec of a pod that is played. */
export function podSpec(played: PlayedPod): PodSpec {
  const { image, probed = false, inits = false, bearsSeconds, cpuMillis = podCpuMillis } = played;
  const readinessProbe = { tcpSocket: { port: 80 }, periodSeconds: 2 };
  return {
    terminationGracePeriodSeconds: 1,
    ...(bearsSeconds === undefined ? {} : { tolerations: lossTolerations(bearsSeconds) }),
    ...(inits ? { initContainers: [{ name: "first", image: initImage }] } : {}),
    containers: [
      {
        name: "main",
        image,
        resources: { requests: { cpu: `${cpuMillis}m` } },
        ...(probed ? { readinessProbe } : {}),
      },
    ],
  };
}

function lossTolerations(tolerationSeconds: number): NonNullable<PodSpec["tolerations"]> {
  return ["not-ready", "unreachable"].map((what) => ({
    key: `node.kubernetes.io/${what}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds,
  }));
}

/** How long a server goes on although it ends: longer than the rules of any node take to follow. */
const drainSeconds = 3;
/** Longer than it drains and than its longest work. */
const graceSeconds = 15;

function serverSpec(image: string, drains: Drain): PodSpec {
  const hook = { lifecycle: { preStop: { sleep: { seconds: drainSeconds } } } };
  return {
    terminationGracePeriodSeconds: graceSeconds,
    containers: [
      {
        name: "main",
        image,
        ports: [{ containerPort: 80 }],
        env: [{ name: "DRAIN_MS", value: String(drains === "signal" ? drainSeconds * 1000 : 0) }],
        resources: { requests: { cpu: `${podCpuMillis}m` } },
        readinessProbe: { httpGet: { path: "/ready", port: 80 }, periodSeconds: 1 },
        ...(drains === "preStop" ? hook : {}),
      },
    ],
  };
}
