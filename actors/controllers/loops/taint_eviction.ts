import { node } from "../../api/kinds/node.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { formatTime, parseTime } from "../../api/time.ts";
import { type Frozen, jsonEqual, keyOf, type Node, type Pod, type Taint, type Toleration } from "../../api/types.ts";
import { defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo } from "../plan.ts";

type Taints = readonly Frozen<Taint>[];

interface Bound {
  readonly pod: Frozen<Pod>;
}

interface Difference extends Bound {
  /** How much longer the pod may stay: 0 or less is no longer, undefined is for ever. */
  readonly leftMs: number | undefined;
}

/** Evicts pods from nodes whose NoExecute taints they do not tolerate, or no longer. */
export const taintEviction = defineLoop<Bound, Taints, Difference>({
  name: "taint-eviction",
  component: "taint-eviction-controller",
  watches: [
    watch<Pod>({
      kind: podKind,
      indexes: { node: ({ spec }) => (spec.nodeName ? [spec.nodeName] : []) },
      keys({ type, object }, { listers }) {
        const { nodeName = "" } = object.spec;
        const on = type === "deleted" || nodeName === "" ? undefined : listers.of(node).get(nodeName);
        return on && evicting(on).length > 0 ? [keyOf(object)] : [];
      },
    }),
    watch<Node>({
      kind: node,
      keys({ type, object, previous }, { listers }) {
        const isSame = jsonEqual(evicting(object), previous ? evicting(previous) : []);
        return type === "deleted" || isSame ? [] : listers.of(podKind).by("node", object.metadata.name).map(keyOf);
      },
    }),
  ],

  obtain(key, listers) {
    const pod = listers.of(podKind).get(key);
    return pod?.spec.nodeName && pod.metadata.deletionTimestamp === undefined ? { pod } : undefined;
  },

  observe({ pod }, listers) {
    const on = listers.of(node).get(pod.spec.nodeName ?? "");
    return on ? evicting(on) : [];
  },

  difference: ({ pod }, taints, { nowMs }) => ({ pod, leftMs: leftMs(pod, taints, nowMs) }),

  reconcile({ pod, leftMs }, { nowMs }) {
    if (leftMs === undefined) return nothingToDo;
    if (leftMs > 0) return { actions: [], againAfterMs: Math.ceil(leftMs) };
    return { actions: eviction(pod, nowMs) };
  },
});

function evicting({ spec }: Frozen<Node>): Taints {
  return spec.taints?.filter(({ effect }) => effect === "NoExecute") ?? [];
}

/** How much longer a pod may stay: the least that any taint leaves it. */
function leftMs({ spec }: Frozen<Pod>, taints: Taints, nowMs: number): number | undefined {
  let left: number | undefined;
  for (const taint of taints) {
    const tolerating = (spec.tolerations ?? []).filter((each) => tolerates(each, taint));
    if (tolerating.length === 0) return 0;
    const sinceMs = parseTime(taint.timeAdded ?? "") ?? nowMs;
    for (const { tolerationSeconds } of tolerating) {
      if (tolerationSeconds === undefined) continue;
      const mine = sinceMs + Math.max(0, tolerationSeconds) * 1000 - nowMs;
      left = Math.min(left ?? mine, mine);
    }
  }
  return left;
}

function tolerates(toleration: Frozen<Toleration>, taint: Frozen<Taint>): boolean {
  const { key = "", operator = "Equal", value = "", effect = "" } = toleration;
  if (effect !== "" && effect !== taint.effect) return false;
  if (key !== "" && key !== taint.key) return false;
  return operator === "Exists" || (key !== "" && value === (taint.value ?? ""));
}

function eviction(pod: Frozen<Pod>, nowMs: number): Action[] {
  const { namespace, name, uid = "" } = pod.metadata;
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "DeletionByTaintManager",
    message: "Taint manager: deleting due to NoExecute taint",
    lastTransitionTime: formatTime(nowMs),
  };
  const patch = { metadata: { uid }, status: { conditions: [condition] } };
  const message = `Marking for deletion Pod ${keyOf(pod)}`;
  const report = { about: pod, type: "Normal", reason: "TaintManagerEviction", message } as const;
  return [
    { op: "patch", kind: podKind, namespace, name, patch, subresource: "status", accept: ["NotFound", "Conflict"] },
    { op: "delete", kind: podKind, namespace, name, uid, report },
  ];
}
