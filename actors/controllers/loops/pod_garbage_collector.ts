import { node } from "../../api/kinds/node.ts";
import { pod } from "../../api/kinds/pod.ts";
import { isPodTerminated } from "../../api/pod.ts";
import { formatTime, parseTime } from "../../api/time.ts";
import type { Frozen, Node, Pod } from "../../api/types.ts";
import { defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo } from "../plan.ts";
import { together } from "../pods/slow_start.ts";

/** Pods that ended are kept for people to look at, up to so many. */
const terminatedMax = 12_500;
/** A node that is gone may be a node that this mirror has not seen yet: it is given so long to show itself. */
const quarantineMs = 40_000;
const terminatedKey = "terminated pods";
const nodePrefix = "node/";

/** Since when each node that has pods has not been there, by this actor's clock. */
type AbsentSince = Map<string, number>;

interface Rubbish {
  readonly pods: readonly Frozen<Pod>[];
  readonly node?: string;
  /** How much longer its absence has to last. */
  readonly waitMs?: number;
}

/** Removes what no kubelet will: pods of nodes that are gone, and the oldest of too many pods that have ended. */
export const podGarbageCollector = defineLoop<string, Rubbish, Rubbish, AbsentSince>({
  name: "pod-garbage-collector",
  component: "pod-garbage-collector",
  watches: [
    watch<Pod, AbsentSince>({
      kind: pod,
      indexes: {
        node: ({ spec }) => (spec.nodeName ? [spec.nodeName] : []),
        terminated: (each) => (isPodTerminated(each) ? [""] : []),
      },
      keys({ object, previous, type }, { listers }) {
        const { nodeName = "" } = object.spec;
        const isLost = type !== "deleted" && nodeName !== "" && !listers.of(node).has(nodeName);
        const hasEnded = isPodTerminated(object) && (!previous || !isPodTerminated(previous));
        return [...(isLost ? [`${nodePrefix}${nodeName}`] : []), ...(hasEnded ? [terminatedKey] : [])];
      },
    }),
    watch<Node, AbsentSince>({
      kind: node,
      keys: ({ type, object }) => (type === "updated" ? [] : [`${nodePrefix}${object.metadata.name}`]),
    }),
  ],
  begin: () => new Map(),

  obtain: (key) => key,

  observe(key, listers, { memory, uptimeMs }) {
    const pods = listers.of(pod);
    if (key === terminatedKey) return { pods: surplus(pods.by("terminated", "")) };
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

  reconcile({ pods, node: name, waitMs = 0 }, { nowMs }) {
    if (pods.length === 0) return nothingToDo;
    if (waitMs > 0) return { actions: [], againAfterMs: waitMs };
    const removals = together(pods.map(removalOf));
    if (name === undefined) return { actions: removals };
    const failures = together(pods.filter((each) => !isPodTerminated(each)).map((each) => failureOf(each, nowMs)));
    return { actions: [{ op: "ensureAbsent", kind: node, name }, ...failures, ...removals] };
  },
});

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
function failureOf({ metadata }: Frozen<Pod>, nowMs: number): Action {
  const { namespace, name, uid } = metadata;
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "DeletionByPodGC",
    message: "PodGC: node no longer exists",
    lastTransitionTime: formatTime(nowMs),
  };
  const patch = { metadata: { uid }, status: { phase: "Failed", conditions: [condition] } };
  return { op: "patch", kind: pod, namespace, name, patch, subresource: "status", accept: ["NotFound", "Conflict"] };
}

function removalOf({ metadata }: Frozen<Pod>): Action {
  const { namespace, name, uid = "" } = metadata;
  return { op: "delete", kind: pod, namespace, name, uid, gracePeriodSeconds: 0 };
}
