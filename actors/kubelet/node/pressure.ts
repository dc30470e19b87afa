import { podRequests } from "../../api/pod.ts";
import { formatQuantity, parseQuantity, unitsOf } from "../../api/quantity.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import { localUsage, type NodeDisk, type PodUsage } from "../messages.ts";

/** What there can be too little of on a disk. */
export type DiskResource = "ephemeral-storage" | "inodes";

/** A limit that is passed: less is available than there has to be, in bytes or nodes of the disk. */
export interface PassedThreshold {
  readonly resource: DiskResource;
  readonly quantity: number;
  readonly available: number;
}

/**
 * In hundredths of what there is, what has to be available where nobody has set it otherwise. A node has one disk, of
 * which both is asked: what images need is more than what pods do.
 */
const imageBytesPercent = 15;
const nodesPercent = 5;

/**
 * What there is too little of on a disk.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds
 */
export function thresholdsPassed(disk: NodeDisk): readonly PassedThreshold[] {
  const { capacityBytes, usedBytes, capacityNodes, usedNodes } = disk;
  const all: readonly PassedThreshold[] = [
    threshold("ephemeral-storage", { capacity: capacityBytes, used: usedBytes, percent: imageBytesPercent }),
    threshold("inodes", { capacity: capacityNodes, used: usedNodes, percent: nodesPercent }),
  ];
  return all.filter(({ quantity, available }) => available < quantity);
}

function threshold(
  resource: DiskResource,
  { capacity, used, percent }: { readonly capacity: number; readonly used: number; readonly percent: number },
): PassedThreshold {
  return { resource, quantity: Math.floor((capacity * percent) / 100), available: Math.max(0, capacity - used) };
}

/** A pod that may have to go, and what it uses; undefined: nobody knows. */
export interface Candidate {
  readonly pod: Frozen<Pod>;
  readonly usage: PodUsage | undefined;
}

/**
 * The pods of a node in the order in which they are evicted for want of a resource: those of which nothing is known, those
 * that use more than they have asked for, those of lower priority, and of such the one that uses the most beyond that.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#pod-selection-for-kubelet-eviction
 */
export function inEvictionOrder<Each extends Candidate>(all: readonly Each[], resource: DiskResource): readonly Each[] {
  const ranked = all.map((each) => ({ each, beyond: beyondRequest(each, resource) }));
  ranked.sort(
    (one, other) =>
      Number(one.each.usage !== undefined) - Number(other.each.usage !== undefined) ||
      Number(other.beyond > 0) - Number(one.beyond > 0) ||
      (one.each.pod.spec.priority ?? 0) - (other.each.pod.spec.priority ?? 0) ||
      other.beyond - one.beyond,
  );
  return ranked.map(({ each }) => each);
}

/** How much more a pod uses than it has asked for. */
function beyondRequest({ pod, usage }: Candidate, resource: DiskResource): number {
  if (!usage) return 0;
  const { bytes, nodes } = localUsage(usage);
  return resource === "inodes" ? nodes : bytes - (podRequests(pod.spec).get(resource) ?? 0);
}

/** Why a pod is evicted, as Kubernetes says it. */
export function evictionMessage({ pod, usage }: Candidate, { resource, quantity, available }: PassedThreshold): string {
  const low = `The node was low on resource: ${resource}. `;
  const passed = `Threshold quantity: ${amount(quantity)}, available: ${amount(available)}. `;
  if (resource === "inodes") return low + passed;
  const larger = (usage?.containers ?? []).flatMap(({ name, writtenBytes, loggedBytes }) => {
    const container = pod.spec.containers.find((each) => each.name === name);
    if (!container) return [];
    const request = container.resources?.requests?.[resource] ?? "0";
    const used = writtenBytes + loggedBytes;
    if (used <= unitsOf(request)) return [];
    return `Container ${name} was using ${amount(used)}, request is ${request}, has larger consumption of ${resource}. `;
  });
  return low + passed + larger.join("");
}

function amount(units: number): string {
  const quantity = parseQuantity(String(units));
  return quantity ? formatQuantity({ ...quantity, format: "BinarySI" }) : String(units);
}
