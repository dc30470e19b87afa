import { conditionNow, getCondition } from "../../api/conditions.ts";
import { node } from "../../api/kinds/node.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { isPodTerminated } from "../../api/pod.ts";
import { elapsedMs, formatTime, parseTime } from "../../api/time.ts";
import { type Frozen, keyOf, type Node, type Pod, type PodCondition } from "../../api/types.ts";
import { defineLoop, type Listers, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";
import { together } from "../pods/slow_start.ts";

/** Pods that ended are kept for people to look at, up to so many. */
const terminatedMax = 12_500;
/** A node that is gone may be a node that this mirror has not seen yet: it is given so long to show itself. */
const quarantineMs = 40_000;
const terminatedKey = "terminated pods";
const nodePrefix = "node/";
const targetPrefix = "target/";
/** Of pods that are to go and that no kubelet ends. */
const strandedPrefix = "stranded/";
const outOfServiceTaint = "node.kubernetes.io/out-of-service";
/** A pod that was marked for a disruption which never came is so no longer after this. */
const targetMsMax = 120_000;

/** Since when each node that has pods has not been there, by this actor's clock. */
type AbsentSince = Map<string, number>;

interface Rubbish {
  readonly pods: readonly Frozen<Pod>[];
  readonly node?: string;
  /** A pod that is marked for a disruption. */
  readonly target?: Frozen<Pod> | undefined;
  /** A pod that is to go, and that no kubelet will end. */
  readonly stranded?: Frozen<Pod>;
  /** How much longer its absence has to last. */
  readonly waitMs?: number;
}

/**
 * Removes what no kubelet will: pods of nodes that are gone, pods that are to go and have no node, or one that is out of
 * service, the oldest of too many pods that have ended, and marks of
 * disruptions that never came (which Kubernetes' disruption controller does, who watches pods only to that end where
 * there are no budgets). Watches pods and nodes, deletes pods and writes their status.
 */
export const podGarbageCollector = defineLoop<string, Rubbish, Rubbish, AbsentSince>({
  name: "pod-garbage-collector",
  component: "pod-garbage-collector",
  watches: [
    watch<Pod, AbsentSince>({
      kind: podKind,
      indexes: {
        node: ({ spec }) => (spec.nodeName ? [spec.nodeName] : []),
        terminated: (each) => (isPodTerminated(each) ? [""] : []),
      },
      keys({ object, previous, type }, { listers }) {
        const { nodeName = "" } = object.spec;
        const isLost = type !== "deleted" && nodeName !== "" && !listers.of(node).has(nodeName);
        const hasEnded = isPodTerminated(object) && (!previous || !isPodTerminated(previous));
        return [
          ...(isLost ? [`${nodePrefix}${nodeName}`] : []),
          ...(hasEnded ? [terminatedKey] : []),
          ...(type !== "deleted" && isStranded(object, listers) ? [`${strandedPrefix}${keyOf(object)}`] : []),
          ...(type !== "deleted" && targetOf(object) ? [`${targetPrefix}${keyOf(object)}`] : []),
        ];
      },
    }),
    watch<Node, AbsentSince>({
      kind: node,
      keys({ type, object }, { listers }) {
        const { name } = object.metadata;
        if (type !== "updated") return [`${nodePrefix}${name}`];
        const stranded = listers
          .of(podKind)
          .by("node", name)
          .filter((each) => isStranded(each, listers));
        return isOutOfService(object) ? stranded.map((each) => `${strandedPrefix}${keyOf(each)}`) : [];
      },
    }),
  ],
  begin: () => new Map(),

  obtain: (key) => key,

  observe(key, listers, { memory, uptimeMs }) {
    const pods = listers.of(podKind);
    if (key === terminatedKey) return { pods: surplus(pods.by("terminated", "")) };
    if (key.startsWith(targetPrefix)) return { pods: [], target: pods.get(key.slice(targetPrefix.length)) };
    if (key.startsWith(strandedPrefix)) {
      const stranded = pods.get(key.slice(strandedPrefix.length));
      return { pods: [], ...(stranded && isStranded(stranded, listers) ? { stranded } : {}) };
    }
    const name = key.slice(nodePrefix.length);
    const orphans = pods.by("node", name);
    if (listers.of(node).has(name) || orphans.length === 0) {
      memory.delete(name);
      return { pods: [] };
    }
    const since = memory.get(name) ?? uptimeMs;
    memory.set(name, since);
    return { pods: orphans, node: name, waitMs: since + quarantineMs - uptimeMs };
  },

  difference: (_desired, rubbish) => rubbish,

  reconcile({ pods, node: name, target, stranded, waitMs = 0 }, { nowMs }) {
    if (stranded) return { actions: [...(isPodTerminated(stranded) ? [] : [ended(stranded)]), removalOf(stranded)] };
    if (target) return unmarking(target, nowMs);
    if (pods.length === 0) return nothingToDo;
    if (waitMs > 0) return { actions: [], againAfterMs: waitMs };
    const removals = together(pods.map(removalOf));
    if (name === undefined) return { actions: removals };
    const failures = together(pods.filter((each) => !isPodTerminated(each)).map((each) => failureOf(each, nowMs)));
    return { actions: [{ op: "ensureAbsent", kind: node, name }, ...failures, ...removals] };
  },
});

/** Whether a pod that is to go was given no node, or one that an administrator has declared out of service. */
function isStranded({ metadata, spec }: Frozen<Pod>, listers: Listers): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  if (!spec.nodeName) return true;
  const found = listers.of(node).get(spec.nodeName);
  return found !== undefined && isOutOfService(found);
}

/** A node that is well is not, whatever its taints say. */
function isOutOfService({ spec, status }: Frozen<Node>): boolean {
  if (getCondition(status?.conditions, "Ready")?.status === "True") return false;
  return spec?.taints?.some(({ key }) => key === outOfServiceTaint) ?? false;
}

function ended({ metadata: { namespace, name, uid } }: Frozen<Pod>): Action {
  const patch = { metadata: { uid }, status: { phase: "Failed" } };
  const accept = ["NotFound", "Conflict"] as const;
  return { op: "patch", kind: podKind, namespace, name, patch, subresource: "status", accept };
}

/** The mark of a disruption on a pod that lives and is not being deleted; what its kubelet ends, ends. */
function targetOf({ metadata, status }: Frozen<Pod>): Frozen<PodCondition> | undefined {
  if (status.conditions === undefined || metadata.deletionTimestamp !== undefined) return undefined;
  if (status.phase === "Succeeded" || status.phase === "Failed") return undefined;
  const condition = getCondition(status.conditions, "DisruptionTarget");
  return condition?.status === "True" && condition.reason !== "TerminationByKubelet" ? condition : undefined;
}

function unmarking(pod: Frozen<Pod>, nowMs: number): Plan {
  const mark = targetOf(pod);
  if (!mark) return nothingToDo;
  const leftMs = targetMsMax - elapsedMs(mark.lastTransitionTime, nowMs);
  if (leftMs > 0) return { actions: [], againAfterMs: leftMs };
  const { reason: _reason, message: _message, ...rest } = mark;
  const unmarked = { ...rest, status: "False", lastTransitionTime: formatTime(nowMs) };
  const conditions = pod.status.conditions?.map((each) => (each === mark ? unmarked : each));
  const object = { ...pod, status: { ...pod.status, conditions } } as Frozen<Pod>;
  return { actions: [{ op: "update", kind: podKind, object, subresource: "status", accept: ["NotFound"] }] };
}

/** The oldest of the pods that ended beyond those that are kept. */
function surplus(ended: readonly Frozen<Pod>[]): readonly Frozen<Pod>[] {
  if (ended.length <= terminatedMax) return [];
  const oldestFirst = ended.toSorted(
    (a, b) => createdMs(a) - createdMs(b) || (a.metadata.name < b.metadata.name ? -1 : 1),
  );
  return oldestFirst.slice(0, ended.length - terminatedMax);
}

function createdMs({ metadata }: Frozen<Pod>): number {
  return parseTime(metadata.creationTimestamp ?? "") ?? 0;
}

/** Who watches the pod learns that it will not end by itself. */
function failureOf({ metadata, status }: Frozen<Pod>, nowMs: number): Action {
  const { namespace, name, uid } = metadata;
  const condition: Frozen<PodCondition> = {
    type: "DisruptionTarget",
    status: "True",
    reason: "DeletionByPodGC",
    message: "PodGC: node no longer exists",
  };
  const conditions = [conditionNow(status.conditions, { condition, nowMs })];
  const patch = { metadata: { uid }, status: { phase: "Failed", conditions } };
  return {
    op: "patch",
    kind: podKind,
    namespace,
    name,
    patch,
    subresource: "status",
    accept: ["NotFound", "Conflict"],
  };
}

function removalOf({ metadata }: Frozen<Pod>): Action {
  const { namespace, name, uid = "" } = metadata;
  return { op: "delete", kind: podKind, namespace, name, uid, gracePeriodSeconds: 0 };
}
