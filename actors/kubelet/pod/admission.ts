import { isExtendedResource } from "../../api/extended_resources.ts";
import { fitsNodeAffinity, nodeAffinityMismatch } from "../../api/node_selector.ts";
import { podQosClass, podRequests } from "../../api/pod.ts";
import { millisOf, unitsOf } from "../../api/quantity.ts";
import { tolerates } from "../../api/toleration.ts";
import type { Frozen, Node, Pod } from "../../api/types.ts";
import type { Pressure } from "../node/pressure_kinds.ts";
import { portMappingsOf } from "./port_mappings.ts";
import type { Requirement } from "./preemption.ts";

/** Why a pod is turned away. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
  /** Nothing else is amiss but that there is too little of these. */
  readonly lacking?: readonly Requirement[];
}

/** Where a pod is to run: the node as the API has it, and the pods that take room there already. */
export interface Seat {
  readonly node: Frozen<Node>;
  readonly others: readonly Frozen<Pod>[];
  /** What the node lacks. Default: nothing. */
  readonly pressures?: readonly Pressure[];
}

/**
 * Whether a node can take a pod: it has room beside the others, is what the pod asks for, and is tolerated. For a pod that
 * others may have to make room for, room is the last that is asked for.
 */
export function admit(pod: Frozen<Pod>, seat: Seat, isCritical = false): Rejection | undefined {
  const { node, others } = seat;
  if (!isCritical && isRepelled(pod, seat))
    return { reason: "Evicted", message: `The node had condition: [${seat.pressures?.join(" ")}]. ` };
  const unsafe = pod.spec.securityContext?.sysctls?.find(({ name }) => !isSafeSysctl(name));
  if (unsafe)
    return { reason: "SysctlForbidden", message: `forbidden sysctl: ${JSON.stringify(unsafe.name)} not allowlisted` };
  const foreign = foreignSystem(pod);
  if (foreign) return foreign;
  const short = isCritical ? undefined : shortage(pod, seat);
  if (short) return short;
  const { name, labels = {} } = node.metadata;
  if (!fitsNodeAffinity(pod, { name, labels })) return failed("NodeAffinity", nodeAffinityMismatch);
  if (others.some((other) => wantSamePort(pod, other))) return failed("NodePorts", portsTaken);
  // Taints that only keep pods away are the scheduler's business.
  const taints = node.spec.taints?.filter(({ effect }) => effect === "NoExecute") ?? [];
  if (!taints.every((taint) => tolerates(pod.spec.tolerations ?? [], taint))) {
    return failed("TaintToleration", "node(s) had taints that the pod didn't tolerate");
  }
  return isCritical ? shortage(pod, seat) : undefined;
}

/** For want of memory alone a node turns away who has asked for nothing, and does not say that it bears that. */
function isRepelled({ spec }: Frozen<Pod>, { pressures = [] }: Seat): boolean {
  if (pressures.some((each) => each !== "MemoryPressure")) return true;
  const taint = { key: "node.kubernetes.io/memory-pressure", effect: "NoSchedule" } as const;
  return pressures.length > 0 && podQosClass(spec) === "BestEffort" && !tolerates(spec.tolerations ?? [], taint);
}

/** A pod that is made for another operating system than this. */
function foreignSystem({ spec }: Frozen<Pod>): Rejection | undefined {
  if ((spec.nodeSelector?.["kubernetes.io/os"] ?? ownSystem) !== ownSystem) {
    const message = "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label";
    return { reason: "PodOSSelectorNodeLabelDoesNotMatch", message };
  }
  if ((spec.os?.name ?? ownSystem) === ownSystem) return undefined;
  return { reason: "PodOSNotSupported", message: "Failed to admit pod as the OS field doesn't match node OS" };
}

const ownSystem = "linux";

const portsTaken = "node(s) didn't have free ports for the requested pod ports";

/** Whether two pods want a port of their node for themselves, at one address. */
function wantSamePort(pod: Frozen<Pod>, other: Frozen<Pod>): boolean {
  const wanted = portMappingsOf(pod);
  if (wanted.length === 0) return false;
  return portMappingsOf(other).some((taken) =>
    wanted.some(
      ({ protocol, hostPort, hostIp }) =>
        protocol === taken.protocol &&
        hostPort === taken.hostPort &&
        (hostIp === undefined || taken.hostIp === undefined || hostIp === taken.hostIp),
    ),
  );
}

/** What every pod may set for itself, as a kubelet has it that was told nothing else. */
const safeSysctls: ReadonlySet<string> = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
]);

function isSafeSysctl(name: string): boolean {
  return safeSysctls.has(name.includes(".") ? name : name.replaceAll("/", "."));
}

function failed(predicate: string, why: string): Rejection {
  return { reason: predicate, message: `Predicate ${predicate} failed: ${why}` };
}

/** The first resource that there is not enough of. */
export function shortage(pod: Frozen<Pod>, seat: Seat): Rejection | undefined {
  const all = shortages(pod, seat);
  const [first] = all;
  return first && { ...lacks(first), lacking: all.map(missingOf) };
}

/** What there is not enough of, and the amounts. */
interface Shortage {
  readonly resource: string;
  readonly requested: number;
  readonly used: number;
  readonly capacity: number;
}

function missingOf({ resource, requested, used, capacity }: Shortage): Requirement {
  return { resource, quantity: requested + used - capacity };
}

function shortages(pod: Frozen<Pod>, { node, others }: Seat): readonly Shortage[] {
  const found: Shortage[] = [];
  const allocatable: Readonly<Record<string, string>> = node.status.allocatable ?? {};
  const podsMax = unitsOf(allocatable.pods);
  if (others.length + 1 > podsMax)
    found.push({ resource: "pods", requested: 1, used: others.length, capacity: podsMax });
  for (const [resource, requested] of podRequests(pod.spec)) {
    const has = allocatable[resource];
    // What no node is known to have belongs to the cluster: others see to it.
    if (requested === 0 || (has === undefined && isExtendedResource(resource))) continue;
    let used = 0;
    for (const other of others) used += podRequests(other.spec).get(resource) ?? 0;
    const capacity = resource === "cpu" ? millisOf(has) : unitsOf(has);
    if (used + requested > capacity) found.push({ resource, requested, used, capacity });
  }
  return found;
}

function lacks({ resource, requested, used, capacity }: Shortage): Rejection {
  const message = `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason: `OutOf${resource}`, message };
}
