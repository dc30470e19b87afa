import { conditionNow } from "../../api/conditions.ts";
import { node } from "../../api/kinds/node.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { toleratesTaint } from "../../api/toleration.ts";
import { type Frozen, jsonEqual, keyOf, type Node, type Pod, type PodCondition, type Taint } from "../../api/types.ts";
import type { Outcome } from "../../client/outcome.ts";
import { defineLoop, type Listers, type Watch, watch } from "../loop.ts";
import { type Action, nothingToDo } from "../plan.ts";

type Taints = readonly Frozen<Taint>[];

interface Bound {
  readonly pod: Frozen<Pod>;
}

interface Difference extends Bound {
  /** How long the pod bears the taints: 0 is not at all, undefined is for ever. */
  readonly bearsMs: number | undefined;
}

/** An eviction that is waited for. */
interface Scheduled {
  readonly uid: string;
  readonly atUptimeMs: number;
}

/** By the pods' keys. Who starts anew gives all pods their time anew, as in Kubernetes. */
type Schedule = Map<string, Scheduled>;

/** Pods are only looked at while a node has a taint that evicts. */
const pods = watch<Pod, Schedule>({
  kind: podKind,
  indexes: { node: ({ spec }) => (spec.nodeName ? [spec.nodeName] : []) },
  keys({ type, object }, { listers, memory }) {
    if (type === "deleted") memory.delete(keyOf(object));
    const { nodeName = "" } = object.spec;
    const on = type === "deleted" || nodeName === "" ? undefined : listers.of(node).get(nodeName);
    return on && evicting(on).length > 0 ? [keyOf(object)] : [];
  },
}) as unknown as Watch;

/**
 * Evicts pods from nodes whose NoExecute taints they do not tolerate, or no longer. How long a pod may stay counts from
 * when this controller first saw it with a taint that it bears for a time, whatever the taint says of its own age; what
 * is scheduled once stays so, until the pod bears all for ever, or one not at all.
 */
export const taintEviction = defineLoop<Bound, Taints, Difference, Schedule>({
  name: "taint-eviction",
  component: "taint-eviction-controller",
  account: "node-controller",
  watches: [
    watch<Node, Schedule>({
      kind: node,
      indexes: { evicting: (each) => (evicting(each).length > 0 ? ["all"] : []) },
      keys({ type, object, previous }, { listers, memory }) {
        const isSame = jsonEqual(evicting(object), previous ? evicting(previous) : []);
        if (type !== "deleted" && isSame) return [];
        if (!hasEvicting(listers)) memory.clear();
        return type === "deleted" ? [] : podsOn(object.metadata.name, listers).map(keyOf);
      },
    }),
  ],
  derived: { from: [node], watchesOf: (listers) => (hasEvicting(listers) ? [pods] : []) },

  begin: () => new Map(),

  obtain(key, listers) {
    const pod = hasEvicting(listers) ? listers.of(podKind).get(key) : undefined;
    return pod?.spec.nodeName && pod.metadata.deletionTimestamp === undefined ? { pod } : undefined;
  },

  observe({ pod }, listers) {
    const on = listers.of(node).get(pod.spec.nodeName ?? "");
    return on ? evicting(on) : [];
  },

  difference: ({ pod }, taints) => ({ pod, bearsMs: bearsMs(pod, taints) }),

  reconcile({ pod, bearsMs }, { key, memory, uptimeMs }) {
    if (bearsMs === undefined) {
      memory.delete(key);
      return nothingToDo;
    }
    const { uid = "" } = pod.metadata;
    const before = memory.get(key);
    const scheduled = before?.uid === uid ? before : { uid, atUptimeMs: uptimeMs + bearsMs };
    memory.set(key, scheduled);
    const leftMs = bearsMs === 0 ? 0 : scheduled.atUptimeMs - uptimeMs;
    if (leftMs > 0) return { actions: [], againAfterMs: Math.ceil(leftMs) };
    return { actions: eviction(pod) };
  },
});

function hasEvicting(listers: Listers): boolean {
  return listers.of<Node>(node).by("evicting", "all").length > 0;
}

/** Those that the mirror shows, while there is one. */
function podsOn(name: string, listers: Listers): readonly Frozen<Pod>[] {
  return hasEvicting(listers) ? listers.of<Pod>(podKind).by("node", name) : [];
}

function evicting({ spec }: Frozen<Node>): Taints {
  return spec.taints?.filter(({ effect }) => effect === "NoExecute") ?? [];
}

/** How long a pod bears all taints: the least that any of the tolerations it needs gives it. */
function bearsMs({ spec }: Frozen<Pod>, taints: Taints): number | undefined {
  let least: number | undefined;
  for (const taint of taints) {
    // Of several that bear a taint the first is the one that counts.
    const toleration = spec.tolerations?.find((each) => toleratesTaint(each, taint));
    if (!toleration) return 0;
    const { tolerationSeconds } = toleration;
    if (tolerationSeconds === undefined) continue;
    const mine = Math.max(0, tolerationSeconds) * 1000;
    least = Math.min(least ?? mine, mine);
  }
  return least;
}

/**
 * The pod is read anew before it is marked: a mirror that is a little late does not show yet that it was marked and
 * deleted before, and the mark would be told a second time, as if it were new.
 */
function eviction({ metadata }: Frozen<Pod>): Action[] {
  const { namespace, name, uid } = metadata;
  const found = (outcome: Outcome<unknown>, { nowMs }: { readonly nowMs: number }): readonly Action[] => {
    if (!outcome.ok) {
      const { reason, message } = outcome.failure;
      return reason === "NotFound" ? [] : [{ op: "fail", kind: podKind, namespace, name, message }];
    }
    const pod = outcome.value as Frozen<Pod>;
    return pod.metadata.uid === uid ? markedAndDeleted(pod, nowMs) : [];
  };
  return [{ op: "read", kind: podKind, namespace, name, found }];
}

const target: PodCondition = {
  type: "DisruptionTarget",
  status: "True",
  reason: "DeletionByTaintManager",
  message: "Taint manager: deleting due to NoExecute taint",
};

function markedAndDeleted(pod: Frozen<Pod>, nowMs: number): readonly Action[] {
  const { namespace, name, uid = "" } = pod.metadata;
  const conditions = [conditionNow<Frozen<PodCondition>>(pod.status.conditions, { condition: target, nowMs })];
  const patch = { metadata: { uid }, status: { conditions } };
  const message = `Marking for deletion Pod ${keyOf(pod)}`;
  const report = { about: pod, type: "Normal", reason: "TaintManagerEviction", message } as const;
  return [
    { op: "patch", kind: podKind, namespace, name, patch, subresource: "status", accept: ["NotFound", "Conflict"] },
    { op: "delete", kind: podKind, namespace, name, uid, report },
  ];
}
