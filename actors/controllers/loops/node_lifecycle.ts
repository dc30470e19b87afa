import { getCondition } from "../../api/conditions.ts";
import { lease } from "../../api/kinds/lease.ts";
import { node as nodeKind } from "../../api/kinds/node.ts";
import { pod } from "../../api/kinds/pod.ts";
import { isPodReady } from "../../api/pod.ts";
import { formatTime } from "../../api/time.ts";
import { type Frozen, jsonEqual, type Lease, type Node, type NodeCondition, type Pod } from "../../api/types.ts";
import { defineLoop, type Watch, watch } from "../loop.ts";
import { type Eviction, isEvicting, notReadyTaint, taintsFor, unreachableTaint } from "../nodes/taints.ts";
import { createZones, type Zones } from "../nodes/zones.ts";
import type { Action } from "../plan.ts";

/** A node that nothing was heard of for so long is taken for unreachable. */
const monitorGraceMsDefault = 50_000;
/** The same for a node that has never said how it is. */
const startupGraceMs = 60_000;
const leaseNamespace = "kube-node-lease";
const conditionTypes = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] as const;

/** What is remembered of the nodes: when each was last heard of, by this actor's own clock, and how the zones are. */
interface Memory {
  readonly heardMs: Map<string, number>;
  readonly zones: Zones;
  readonly monitorGraceMs: number;
}

interface Observed {
  readonly silentMs: number;
  /** Pods there that still count as ready. */
  readonly readyPods: readonly Frozen<Pod>[];
}

interface Difference extends Observed {
  readonly node: Frozen<Node>;
  readonly conditions: readonly Frozen<NodeCondition>[];
  readonly graceMs: number;
}

/** Pods are only looked at while a node is lost. */
const pods = watch<Pod>({
  kind: pod,
  indexes: { node: ({ spec }) => (spec.nodeName ? [spec.nodeName] : []) },
}) as unknown as Watch;

/** Notices nodes that are not heard of any more, says so, and taints what is not well. */
export const nodeLifecycle = defineLoop<Frozen<Node>, Observed, Difference, Memory>({
  name: "node-lifecycle",
  component: "node-controller",
  watches: [
    watch<Node, Memory>({
      kind: nodeKind,
      indexes: { lost: (each) => (isLost(each) ? ["all"] : []) },
      keys({ type, object, previous }, { memory, listers, uptimeMs }) {
        const { name } = object.metadata;
        if (type === "deleted") {
          memory.heardMs.delete(name);
          return memory.zones.forget(name) ? [...listers.of(nodeKind).keys()] : [name];
        }
        if (!previous || heartbeatOf(previous) !== heartbeatOf(object)) memory.heardMs.set(name, uptimeMs);
        // A zone that is in another state now evicts at another pace: that concerns all.
        const isOtherPace = memory.zones.note(object, readyStatus(object) === "True");
        return isOtherPace ? [...listers.of(nodeKind).keys()] : [name];
      },
    }),
    watch<Lease, Memory>({
      kind: lease,
      keys({ type, object, previous }, { memory, uptimeMs }) {
        const { name, namespace } = object.metadata;
        if (namespace !== leaseNamespace || type === "deleted") return [];
        if (!previous || previous.spec.renewTime !== object.spec.renewTime) memory.heardMs.set(name, uptimeMs);
        return [];
      },
    }),
  ],
  derived: {
    from: [nodeKind],
    watchesOf: (listers) => (listers.of<Node>(nodeKind).by("lost", "all").length > 0 ? [pods] : []),
  },
  begin: ({ nodeMonitorGraceMs = monitorGraceMsDefault }) => ({
    heardMs: new Map(),
    zones: createZones(),
    monitorGraceMs: nodeMonitorGraceMs,
  }),

  obtain: (key, listers) => listers.of(nodeKind).get(key),

  observe(node, listers, { memory, uptimeMs }) {
    const { name } = node.metadata;
    const silentMs = uptimeMs - (memory.heardMs.get(name) ?? uptimeMs);
    return { silentMs, readyPods: isLost(node) ? listers.of(pod).by("node", name).filter(isPodReady) : [] };
  },

  difference(node, observed, { nowMs, memory }) {
    const graceMs = getCondition(node.status.conditions, "Ready") ? memory.monitorGraceMs : startupGraceMs;
    const conditions = observed.silentMs < graceMs ? (node.status.conditions ?? []) : unknownConditions(node, nowMs);
    return { node, ...observed, conditions, graceMs };
  },

  reconcile({ node, silentMs, readyPods, conditions, graceMs }, { memory, nowMs, uptimeMs }) {
    const untilSilentMs = silentMs < graceMs ? graceMs - silentMs : undefined;
    if (!jsonEqual(conditions, node.status.conditions ?? [])) {
      // The taints follow when the change has come back.
      return { actions: [statusWrite(node, conditions)], ...againAfter(untilSilentMs) };
    }
    const { eviction, waitMs } = evictionOf(node, memory.zones, uptimeMs);
    const taints = taintsFor(node, { eviction, nowMs });
    const isTainted = sameTaints(taints, node.spec.taints ?? []);
    const object = { ...node, spec: { ...node.spec, taints } } as Frozen<Node>;
    const writes: Action[] = isTainted ? [] : [{ op: "update", kind: nodeKind, object }];
    const marks = readyPods.map((each) => markNotReady(each, nowMs));
    return { actions: [...writes, ...marks], ...againAfter(least(untilSilentMs, waitMs)) };
  },
});

function againAfter(ms: number | undefined): { againAfterMs?: number } {
  return ms === undefined ? {} : { againAfterMs: Math.ceil(ms) };
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

function isLost({ status }: Frozen<Node>): boolean {
  return getCondition(status.conditions, "Ready")?.status === "Unknown";
}

function readyStatus(node: Frozen<Node>): string {
  return getCondition(node.status.conditions, "Ready")?.status ?? "";
}

/** What changes whenever the kubelet has written its status; what this loop writes itself does not count. */
function heartbeatOf({ status }: Frozen<Node>): string | undefined {
  return getCondition(status.conditions, "Ready")?.lastHeartbeatTime;
}

function unknownConditions(node: Frozen<Node>, nowMs: number): readonly Frozen<NodeCondition>[] {
  const now = formatTime(nowMs);
  const others = (node.status.conditions ?? []).filter(({ type }) => !conditionTypes.some((each) => each === type));
  const unknown = conditionTypes.map((type): Frozen<NodeCondition> => {
    const before = getCondition(node.status.conditions, type);
    if (before?.status === "Unknown") return before;
    if (before) {
      const reason = "NodeStatusUnknown";
      const message = "Kubelet stopped posting node status.";
      return { ...before, status: "Unknown", reason, message, lastTransitionTime: now };
    }
    const reason = "NodeStatusNeverUpdated";
    const message = "Kubelet never posted node status.";
    const lastHeartbeatTime = node.metadata.creationTimestamp ?? now;
    return { type, status: "Unknown", reason, message, lastHeartbeatTime, lastTransitionTime: now };
  });
  const order = (node.status.conditions ?? []).map(({ type }) => type);
  const rank = ({ type }: Frozen<NodeCondition>) => (order.includes(type) ? order.indexOf(type) : order.length);
  return [...others, ...unknown].sort((a, b) => rank(a) - rank(b));
}

function statusWrite(node: Frozen<Node>, conditions: readonly Frozen<NodeCondition>[]): Action {
  const object = { ...node, status: { ...node.status, conditions } } as Frozen<Node>;
  const { name } = node.metadata;
  const message = `Node ${name} status is now: NodeNotReady`;
  const wasReady = readyStatus(node) === "True";
  return {
    op: "update",
    kind: nodeKind,
    object,
    subresource: "status",
    ...(wasReady && { report: { about: node, type: "Normal", reason: "NodeNotReady", message } }),
  };
}

/** The taint that evicts, and how long to wait for it when other nodes of the zone come first; none when all are lost. */
function evictionOf(node: Frozen<Node>, zones: Zones, uptimeMs: number): { eviction: Eviction; waitMs?: number } {
  const status = readyStatus(node);
  const wanted = status === "False" ? notReadyTaint : status === "Unknown" ? unreachableTaint : undefined;
  if (wanted === undefined || zones.isAllDown()) return { eviction: undefined };
  const present = [notReadyTaint, unreachableTaint].find((key) => isEvicting(node, key as Eviction));
  // A node that is given up already only changes the reason.
  if (present !== undefined) return { eviction: wanted };
  const waitMs = zones.permit(node.metadata.name, uptimeMs);
  if (waitMs === 0) return { eviction: wanted };
  return waitMs === undefined ? { eviction: undefined } : { eviction: undefined, waitMs };
}

type Taints = NonNullable<Frozen<Node>["spec"]["taints"]>;

/** Their order says nothing. */
function sameTaints(left: Taints, right: Taints): boolean {
  return left.length === right.length && left.every((taint) => right.some((each) => jsonEqual(taint, each)));
}

/** Who sends to ready pods only must not send to a node that is lost. */
function markNotReady({ metadata }: Frozen<Pod>, nowMs: number): Action {
  const { namespace, name, uid } = metadata;
  const condition = { type: "Ready", status: "False", lastTransitionTime: formatTime(nowMs) };
  const patch = { metadata: { uid }, status: { conditions: [condition] } };
  const accept = ["NotFound", "Conflict"] as const;
  return { op: "patch", kind: pod, namespace, name, patch, subresource: "status", accept, alongside: true };
}
