import { unitsOf } from "../api/quantity.ts";
import type { Frozen, Node, Taint } from "../api/types.ts";
import { type HostPort, type PodInfo, portsConflict } from "./pod_info.ts";
import { addResources, noResources, type Resources, toResources } from "./resources.ts";

/** A node with what its pods use of it, kept up to date pod by pod. Only the cache changes it. */
export interface NodeInfo {
  readonly name: string;
  /** Absent while pods are known that sit on a node that is not (yet, or any more) known. */
  node: Frozen<Node> | undefined;
  labels: Readonly<Record<string, string>>;
  /** Region and zone together, empty without. */
  zone: string;
  allocatable: Resources;
  podsMax: number;
  /** Taints with effect NoSchedule or NoExecute. */
  hardTaints: readonly Frozen<Taint>[];
  /** Taints with effect PreferNoSchedule. */
  softTaints: readonly Frozen<Taint>[];
  /** Bytes of each image by each of its names. */
  images: ReadonlyMap<string, number>;
  readonly pods: Map<string, PodInfo>;
  readonly requested: Resources;
  /** What its pods count for in scores: only CPU and memory matter. */
  readonly requestedAssumed: Resources;
  readonly hostPorts: HostPort[];
}

const none: readonly never[] = [];
const noLabels: Readonly<Record<string, string>> = {};
const noImages: ReadonlyMap<string, number> = new Map();

/** A node of which only the name is known. */
export function unknownNode(name: string): NodeInfo {
  return {
    name,
    node: undefined,
    labels: noLabels,
    zone: "",
    allocatable: noResources(),
    podsMax: 0,
    hardTaints: none,
    softTaints: none,
    images: noImages,
    pods: new Map(),
    requested: noResources(),
    requestedAssumed: noResources(),
    hostPorts: [],
  };
}

/** Takes over what a node object says; `undefined` when the node is gone. */
export function setNode(info: NodeInfo, node: Frozen<Node> | undefined): void {
  const { labels, taints, allocatable, images } = partsOf(node);
  const same = info.node !== undefined && node !== undefined;
  info.zone = zoneOf(labels);
  if (!same || allocatable !== info.node?.status?.allocatable) {
    info.allocatable = toResources(allocatable);
    info.podsMax = unitsOf(allocatable?.pods);
  }
  info.hardTaints = taints.filter(({ effect }) => effect === "NoSchedule" || effect === "NoExecute");
  info.softTaints = taints.filter(({ effect }) => effect === "PreferNoSchedule");
  info.images = images.length === 0 ? noImages : imagesOf(images);
  info.labels = labels;
  info.node = node;
}

function partsOf(node: Frozen<Node> | undefined) {
  return {
    labels: node?.metadata.labels ?? noLabels,
    taints: node?.spec?.taints ?? none,
    allocatable: node?.status?.allocatable,
    images: node?.status?.images ?? none,
  };
}

function imagesOf(images: readonly { readonly names?: readonly string[]; readonly sizeBytes?: number }[]) {
  const sizes = new Map<string, number>();
  for (const { names, sizeBytes } of images) for (const name of names ?? none) sizes.set(name, sizeBytes ?? 0);
  return sizes;
}

/** The zone that a node's labels tell; nodes of one name in two regions are in two zones. */
function zoneOf(labels: Readonly<Record<string, string>>): string {
  const region = labels["topology.kubernetes.io/region"] ?? "";
  const zone = labels["topology.kubernetes.io/zone"] ?? "";
  return region === "" && zone === "" ? "" : `${region}:${zone}`;
}

/** Counts a pod to a node. */
export function addPod(info: NodeInfo, pod: PodInfo): void {
  info.pods.set(pod.uid, pod);
  addResources(info.requested, pod.requests);
  addResources(info.requestedAssumed, pod.requestsAssumed);
  for (const port of pod.hostPorts) info.hostPorts.push(port);
}

/** Counts a pod no more; `pod` is what was added. */
export function removePod(info: NodeInfo, pod: PodInfo): void {
  if (!info.pods.delete(pod.uid)) return;
  addResources(info.requested, pod.requests, -1);
  addResources(info.requestedAssumed, pod.requestsAssumed, -1);
  for (const port of pod.hostPorts) info.hostPorts.splice(info.hostPorts.indexOf(port), 1);
}

/** Whether a pod's host ports are free on a node. */
export function portsFree(info: NodeInfo, ports: readonly HostPort[]): boolean {
  if (info.hostPorts.length === 0) return true;
  return !ports.some((port) => info.hostPorts.some((taken) => portsConflict(port, taken)));
}
