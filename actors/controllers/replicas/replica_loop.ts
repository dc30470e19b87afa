import { getCondition, removeCondition, setCondition } from "../../api/conditions.ts";
import { pod } from "../../api/kinds/pod.ts";
import { isPodActive, isPodAvailable, isPodReady } from "../../api/pod.ts";
import {
  type Frozen,
  jsonEqual,
  type KubeObject,
  keyOf,
  type LabelSelector,
  type Pod,
  type ReplicaSet,
  type ReplicaSetStatus,
} from "../../api/types.ts";
import type { Kind } from "../../client/api_request.ts";
import { byController, byNamespace } from "../../client/object_store.ts";
import { present } from "../../kit/present.ts";
import { claim, orphansByNamespace } from "../claim.ts";
import { defineLoop, type Listers, type Loop, type Turn, watch } from "../loop.ts";
import { type Action, failureText, type Plan, type PlanFailure } from "../plan.ts";
import { nextAvailabilityMs } from "../pods/availability.ts";
import { podFromTemplate } from "../pods/pod_from_template.ts";
import { concerned, controllerKey } from "../pods/pod_owner.ts";
import { podsToGiveUp } from "../pods/pod_ranking.ts";
import { slowStart, together } from "../pods/slow_start.ts";

/** More pods than this are not created or deleted in one turn. */
const burstReplicas = 500;

interface Observed {
  readonly kind: Kind<ReplicaSet>;
  /** Its pods that have not ended and are not being deleted. */
  readonly active: readonly Frozen<Pod>[];
  readonly claims: readonly Action[];
  /** The pods that share nodes with them on purpose; asked only when some are to be given up. */
  related(): readonly Frozen<Pod>[];
}

interface Difference extends Observed {
  readonly set: Frozen<ReplicaSet>;
  /** How many pods are missing; negative when there are too many. */
  readonly missing: number;
}

/** What sets a kind that keeps a number of equal pods apart from the others. */
export interface ReplicaLoopOptions {
  readonly name: string;
  readonly component: string;
  /** Its objects read as ReplicaSets do, but for their selector. */
  readonly kind: Kind<ReplicaSet>;
  readonly selectorOf: (object: Frozen<KubeObject>) => Frozen<LabelSelector>;
}

/**
 * Keeps as many pods of a template as a ReplicaSet wants, or a ReplicationController, which is one with a plainer
 * selector: Kubernetes' pkg/controller/replicaset is the loop of both, too.
 */
export function replicaLoop({ name, component, kind, selectorOf }: ReplicaLoopOptions): Loop {
  return defineLoop<Frozen<ReplicaSet>, Observed, Difference>({
    name,
    component,
    watches: [
      watch<ReplicaSet>({
        kind,
        indexes: { namespace: byNamespace, controller: byController },
        keys: ({ object }) => [keyOf(object)],
      }),
      watch<Pod>({
        kind: pod,
        openTo: kind.kind,
        indexes: { controller: byController, orphans: orphansByNamespace },
        keys: (change, { listers }) => concerned(change, { kind, listers, selectorOf }),
        expectedBy: (object, listers) => controllerKey(object, { kind, listers }),
      }),
    ],

    obtain: (key, listers) => listers.of(kind).get(key),

    observe(set, listers) {
      const pods = listers.of(pod);
      const { uid = "", namespace = "" } = set.metadata;
      const candidates = [...pods.by("controller", uid), ...pods.by("orphans", namespace)].filter(isPodActive);
      const selector = selectorOf(set);
      const { claimed, actions } = claim<Pod>({ owner: set, ownerKind: kind, selector, kind: pod, candidates });
      return { kind, active: claimed, claims: actions, related: () => relatedPods(set, kind, listers) };
    },

    difference(set, observed, { expectationsMet }) {
      const { deletionTimestamp } = set.metadata;
      const mayManage = expectationsMet && deletionTimestamp === undefined;
      return { set, ...observed, missing: mayManage ? (set.spec.replicas ?? 1) - observed.active.length : 0 };
    },

    reconcile(difference, turn): Plan {
      const { kind, set, active, claims, missing } = difference;
      const changes = missing > 0 ? creations(difference, turn) : missing < 0 ? deletions(difference, turn) : [];
      const status = statusOf(set, { active, nowMs: turn.nowMs });
      const wait = nextAvailabilityMs(active, { minReadySeconds: set.spec.minReadySeconds ?? 0, nowMs: turn.nowMs });
      return {
        actions: [...claims, ...changes, ...statusWrite(kind, { set, status: withoutFailure(status) })],
        ...present({ againAfterMs: wait }),
        // Whom it could not take in it does not count.
        onFailure: (failure) =>
          claims.includes(failure.action)
            ? []
            : statusWrite(kind, { set, status: withFailure(status, { failure, missing, nowMs: turn.nowMs }) }),
      };
    },
  });
}

/** The pods of all ReplicaSets that have the same controller, a Deployment: they crowd the same nodes. */
function relatedPods(set: Frozen<ReplicaSet>, kind: Kind<ReplicaSet>, listers: Listers): readonly Frozen<Pod>[] {
  const [owner] = byController(set);
  const sets = owner === undefined ? [set] : listers.of(kind).by("controller", owner);
  const pods = listers.of(pod);
  return sets.flatMap(({ metadata }) => pods.by("controller", metadata.uid ?? "").filter(isPodActive));
}

function creations({ set, missing }: Difference, turn: Turn): Action[] {
  const count = Math.min(missing, burstReplicas);
  const actions = Array.from({ length: count }, (): Action => {
    const name = turn.newName(`${set.metadata.name}-`);
    return {
      op: "create",
      kind: pod,
      object: podFromTemplate(set.spec.template ?? {}, { owner: set, name }),
      expected: true,
      report: { about: set, type: "Normal", reason: "SuccessfulCreate", message: `Created pod: ${name}` },
      failureReport: { about: set, type: "Warning", reason: "FailedCreate", message: "Error creating: " },
    };
  });
  return slowStart(actions);
}

function deletions({ set, active, related, missing }: Difference, { nowMs }: Turn): Action[] {
  const count = Math.min(-missing, burstReplicas);
  const chosen = count < active.length ? podsToGiveUp(active, { related: related(), nowMs }).slice(0, count) : active;
  const actions = chosen.map(({ metadata }): Action => {
    const { name, namespace, uid = "" } = metadata;
    return {
      op: "delete",
      kind: pod,
      namespace,
      name,
      uid,
      expected: true,
      report: { about: set, type: "Normal", reason: "SuccessfulDelete", message: `Deleted pod: ${name}` },
      failureReport: { about: set, type: "Warning", reason: "FailedDelete", message: "Error deleting: " },
    };
  });
  return together(actions);
}

function statusOf(set: Frozen<ReplicaSet>, seen: { active: readonly Frozen<Pod>[]; nowMs: number }): ReplicaSetStatus {
  const minReadySeconds = set.spec.minReadySeconds ?? 0;
  const labels = Object.entries(set.spec.template?.metadata?.labels ?? {});
  const status = { fullyLabeledReplicas: 0, readyReplicas: 0, availableReplicas: 0 };
  for (const each of seen.active) {
    if (labels.every(([key, value]) => each.metadata.labels?.[key] === value)) status.fullyLabeledReplicas++;
    if (isPodReady(each)) status.readyReplicas++;
    if (isPodAvailable(each, { minReadySeconds, nowMs: seen.nowMs })) status.availableReplicas++;
  }
  const { conditions } = set.status as ReplicaSetStatus;
  return {
    replicas: seen.active.length,
    ...withoutZeros(status),
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions && { conditions }),
  };
}

/** As the API's JSON has it, numbers that are zero are left out. */
function withoutZeros<T extends Record<string, number>>(numbers: T): Partial<T> {
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== 0)) as Partial<T>;
}

function withoutFailure(status: ReplicaSetStatus): ReplicaSetStatus {
  const { conditions, ...rest } = status;
  const kept = removeCondition(conditions ?? [], "ReplicaFailure");
  return kept.length === 0 ? rest : { ...rest, conditions: kept };
}

interface Failed {
  readonly failure: PlanFailure;
  readonly missing: number;
  readonly nowMs: number;
}

/** Only failures to create or delete pods are a ReplicaSet's; a condition that is there stays as it is. */
function withFailure(status: ReplicaSetStatus, { failure, missing, nowMs }: Failed): ReplicaSetStatus {
  const { op } = failure.action;
  const isOurs = (op === "create" || op === "delete") && failure.failure?.reason !== "unknown";
  if (!isOurs || getCondition(status.conditions, "ReplicaFailure")) return status;
  const reason = missing > 0 ? "FailedCreate" : "FailedDelete";
  const condition = { type: "ReplicaFailure", status: "True", reason, message: failureText(failure) };
  return { ...status, conditions: [...setCondition(status.conditions, { condition, nowMs })] };
}

function statusWrite(
  kind: Kind<ReplicaSet>,
  { set, status }: { readonly set: Frozen<ReplicaSet>; readonly status: ReplicaSetStatus },
): Action[] {
  if (jsonEqual(set.status, status)) return [];
  const object = { ...set, status } as Frozen<ReplicaSet>;
  return [{ op: "update", kind, object, subresource: "status" }];
}
