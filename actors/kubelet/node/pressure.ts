import { podRequests } from "../../api/pod.ts";
import { podLevelResources } from "../../api/pod_level_resources.ts";
import { formatQuantity, parseQuantity, type QuantityFormat, unitsOf } from "../../api/quantity.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import { type ContainerUsage, localUsage, type NodeUsage, type PodUsage, processesMax } from "../messages.ts";
import type { Pressure } from "./pressure_kinds.ts";

/** What a node can have too little of. */
export type NodeResource = "memory" | "ephemeral-storage" | "inodes" | "pids";

/** Which condition says that there is too little of it. */
export const pressureOf: Readonly<Record<NodeResource, Pressure>> = {
  memory: "MemoryPressure",
  "ephemeral-storage": "DiskPressure",
  inodes: "DiskPressure",
  pids: "PIDPressure",
};

/** A limit that is passed: less is available than there has to be, in bytes, nodes of the disk, or processes. */
export interface PassedThreshold {
  readonly resource: NodeResource;
  readonly quantity: number;
  readonly available: number;
  /** How the quantity is written. Default BinarySI, as hundredths of something are. */
  readonly format?: QuantityFormat;
}

/** What has to be left, by signal: a quantity, or hundredths of what there is. */
export type EvictionHard = Readonly<Record<string, string>>;

/** By Kubernetes' signals: the first is looked after first. */
const signals: readonly (readonly [signal: string, resource: NodeResource, byDefault?: string])[] = [
  ["memory.available", "memory", "100Mi"],
  ["imagefs.available", "ephemeral-storage", "15%"],
  ["nodefs.available", "ephemeral-storage", "10%"],
  ["imagefs.inodesFree", "inodes", "5%"],
  ["nodefs.inodesFree", "inodes", "5%"],
  // Nobody is evicted for these where nobody has said how many there have to be.
  ["pid.available", "pids"],
];

/** What there is of something, and what is used of it. */
interface Amounts {
  readonly capacity: number;
  readonly used: number;
}

/**
 * What a node has too little of, what is evicted for first before others. Of the disk nothing is known where nobody has
 * measured it; a node has one, for its images as for its pods.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds
 */
export function thresholdsPassed(
  { pods, disk }: NodeUsage,
  {
    memoryBytes,
    evictionHard = {},
  }: { readonly memoryBytes: number; readonly evictionHard?: EvictionHard | undefined },
): readonly PassedThreshold[] {
  const sum = (of: (each: ContainerUsage) => number) =>
    pods.reduce((all, { containers }) => containers.reduce((some, each) => some + of(each), all), 0);
  const has: Readonly<Record<NodeResource, Amounts | undefined>> = {
    memory: { capacity: memoryBytes, used: sum((each) => each.memoryBytes) },
    "ephemeral-storage": disk && { capacity: disk.capacityBytes, used: disk.usedBytes },
    inodes: disk && { capacity: disk.capacityNodes, used: disk.usedNodes },
    pids: { capacity: processesMax, used: sum((each) => each.processes) },
  };
  const passed = new Map<NodeResource, PassedThreshold>();
  for (const [signal, resource, byDefault] of signals) {
    const amounts = has[resource];
    const text = evictionHard[signal] ?? byDefault;
    if (!amounts || text === undefined || passed.has(resource)) continue;
    const available = Math.max(0, amounts.capacity - amounts.used);
    const wanted = wantedOf(text, amounts.capacity);
    if (available < wanted.quantity) passed.set(resource, { resource, available, ...wanted });
  }
  return [...passed.values()];
}

function wantedOf(text: string, capacity: number): Pick<PassedThreshold, "quantity" | "format"> {
  const [, percent] = /^([\d.]+)%$/.exec(text) ?? [];
  // As Kubernetes has it, these say that nothing is looked at.
  if (percent !== undefined && [0, 100].includes(Number(percent))) return { quantity: 0 };
  if (percent !== undefined) return { quantity: Math.floor((capacity * Number(percent)) / 100) };
  return { quantity: unitsOf(text), format: parseQuantity(text)?.format ?? "BinarySI" };
}

/** A pod that may have to go, and what it uses; undefined: nobody knows. */
export interface Candidate {
  readonly pod: Frozen<Pod>;
  readonly usage: PodUsage | undefined;
}

/**
 * The pods of a node in the order in which they are evicted for want of a resource: those of which nothing is known, those
 * that use more than they have asked for, those of lower priority, and of such the one that uses the most beyond that.
 * Nobody asks for processes: for want of those, priority leads.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#pod-selection-for-kubelet-eviction
 */
export function inEvictionOrder<Each extends Candidate>(all: readonly Each[], resource: NodeResource): readonly Each[] {
  const isAsked = resource !== "pids";
  const ranked = all.map((each) => {
    const beyond = beyondRequest(each, resource);
    return { each, beyond, unknown: Number(!each.usage), exceeds: Number(beyond > 0) };
  });
  ranked.sort(
    (one, other) =>
      (isAsked ? other.unknown - one.unknown || other.exceeds - one.exceeds : 0) ||
      (one.each.pod.spec.priority ?? 0) - (other.each.pod.spec.priority ?? 0) ||
      other.unknown - one.unknown ||
      other.beyond - one.beyond,
  );
  return ranked.map(({ each }) => each);
}

/** How much more a pod uses than it has asked for. */
function beyondRequest({ pod, usage }: Candidate, resource: NodeResource): number {
  if (!usage) return 0;
  return usedBy(usage, resource) - (podRequests(pod.spec).get(resource) ?? 0);
}

function usedBy(usage: PodUsage, resource: NodeResource): number {
  if (resource === "inodes") return localUsage(usage).nodes;
  if (resource === "ephemeral-storage") return localUsage(usage).bytes;
  return usage.containers.reduce((sum, each) => sum + (usedOf(each, resource) ?? 0), 0);
}

/** What of it a container by itself uses; undefined where it is not said of containers. */
function usedOf(container: ContainerUsage, resource: NodeResource): number | undefined {
  if (resource === "memory") return container.memoryBytes;
  if (resource === "ephemeral-storage") return container.writtenBytes + container.loggedBytes;
  return resource === "pids" ? container.processes : undefined;
}

/** Why a pod is evicted, as Kubernetes says it. */
export function evictionMessage(
  { pod, usage }: Candidate,
  { resource, quantity, available, format = "BinarySI" }: PassedThreshold,
): string {
  const counted = resource === "inodes" || resource === "pids";
  const left = amount(available, counted ? "DecimalSI" : "BinarySI");
  const low = `The node was low on resource: ${resource}. Threshold quantity: ${amount(quantity, format)}, available: ${left}. `;
  if (counted || !usage) return low;
  const larger = (whose: string, used: number, asked: string) =>
    `${whose} was using ${amount(used, "BinarySI")}, request is ${asked}, has larger consumption of ${resource}. `;
  const { containers, initContainers = [], metadata } = { ...pod.spec, metadata: pod.metadata };
  const asked = resource === "memory" ? podLevelResources(pod.spec)?.requests?.memory : undefined;
  const ofPod = asked === undefined ? "" : larger(`Pod ${metadata.name}`, usedBy(usage, resource), asked);
  const ofContainers = usage.containers.flatMap((each) => {
    const container = [...containers, ...initContainers].find(({ name }) => name === each.name);
    if (!container) return [];
    const request = container.resources?.requests?.[resource] ?? "0";
    const used = usedOf(each, resource) ?? 0;
    return used <= unitsOf(request) ? [] : larger(`Container ${each.name}`, used, request);
  });
  return low + ofPod + ofContainers.join("");
}

function amount(units: number, format: QuantityFormat): string {
  const quantity = parseQuantity(String(units));
  return quantity ? formatQuantity({ ...quantity, format }) : String(units);
}
