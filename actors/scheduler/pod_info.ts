import { heldSpec } from "../api/held_spec.ts";
import type { Frozen, Pod, Toleration } from "../api/types.ts";
import { type PodAffinityInfo, podAffinityInfo } from "./affinity_term.ts";
import { podRequests, podRequestsAssumed, type Resources } from "./resources.ts";

/** A port of the node that a pod takes for itself. */
export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** A pod as the scheduler reads it: parsed once for each version of the object, never changed. */
export interface PodInfo {
  readonly pod: Frozen<Pod>;
  /** Tells apart two pods that lived under one name. */
  readonly uid: string;
  /** `namespace/name` */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: number;
  readonly requests: Readonly<Resources>;
  /** What the pod counts for in scores. */
  readonly requestsAssumed: Readonly<Resources>;
  readonly hostPorts: readonly HostPort[];
  readonly tolerations: readonly Frozen<Toleration>[];
  readonly affinity: PodAffinityInfo;
  /** Whether it is being deleted. */
  readonly terminating: boolean;
}

const none: readonly never[] = [];
const noLabels: Readonly<Record<string, string>> = {};

/** Reads a pod. */
export function podInfo(pod: Frozen<Pod>): PodInfo {
  const { metadata, spec } = pod;
  const namespace = metadata.namespace ?? "";
  const held = heldSpec(pod);
  const key = `${namespace}/${metadata.name}`;
  return {
    pod,
    uid: metadata.uid ?? key,
    key,
    namespace,
    name: metadata.name,
    labels: metadata.labels ?? noLabels,
    priority: spec.priority ?? 0,
    requests: podRequests(held),
    requestsAssumed: podRequestsAssumed(held),
    hostPorts: hostPortsOf(pod),
    tolerations: spec.tolerations ?? none,
    affinity: podAffinityInfo(pod),
    terminating: metadata.deletionTimestamp !== undefined,
  };
}

/** Whether a pod has run to its end and so uses nothing of its node. */
export function isTerminal(pod: Frozen<Pod>): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/** Whether a pod asks for neither CPU nor memory. */
export function isBestEffort({ requests }: PodInfo): boolean {
  return requests.milliCpu === 0 && requests.memory === 0;
}

function hostPortsOf({ spec }: Frozen<Pod>): readonly HostPort[] {
  const ports: HostPort[] = [];
  const sidecars = spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === "Always") ?? none;
  for (const container of [...spec.containers, ...sidecars]) {
    for (const { hostPort, hostIP, protocol } of container.ports ?? none) {
      if (hostPort) ports.push({ ip: hostIP || "0.0.0.0", protocol: protocol ?? "TCP", port: hostPort });
    }
  }
  return ports.length === 0 ? none : ports;
}

/** Whether two pods that take these ports cannot share a node; `0.0.0.0` stands for every address. */
export function portsConflict(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false;
  return a.ip === b.ip || a.ip === "0.0.0.0" || b.ip === "0.0.0.0";
}
