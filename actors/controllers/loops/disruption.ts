import {
  budgetCounts,
  type DisruptionBudgetStatus,
  evictionMsMax,
  withDisruptionAllowed,
  withSyncFailed,
} from "../../api/disruption_budget.ts";
import { goSelectorText } from "../../api/go_selector_text.ts";
import { customResourceDefinition } from "../../api/kinds/custom_resource_definition.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { podDisruptionBudget as budgetKind, type PodDisruptionBudget } from "../../api/kinds/pod_disruption_budget.ts";
import { isPodReady } from "../../api/pod.ts";
import { elapsedMs } from "../../api/time.ts";
import { type Frozen, jsonEqual, type KubeObject, keyOf, ownValue, type Pod } from "../../api/types.ts";
import { byNamespace } from "../../client/object_store.ts";
import type { Report } from "../../client/report.ts";
import { present } from "../../kit/present.ts";
import { defineLoop, type Listers, type Watch, watch } from "../loop.ts";
import type { Action, Plan } from "../plan.ts";
import { scaledValue } from "../pods/int_or_percent.ts";
import { mirroredScales, type PodScales, podScales, type UnknownScale } from "./disruption/pod_scales.ts";

type Budget = Frozen<PodDisruptionBudget>;

interface Observed {
  readonly pods: readonly Frozen<Pod>[];
  /** Undefined where the number of the pods that are there is what counts. */
  readonly scales: PodScales | undefined;
  /** Pods that other budgets count, too, of which nobody was told yet. */
  readonly contested: readonly Frozen<Pod>[];
}

interface Difference extends Observed {
  readonly budget: Budget;
  /** Granted evictions that have not begun, by the pods' names. */
  readonly disrupted: Readonly<Record<string, string>>;
  /** Pods whose eviction was granted and never came. */
  readonly spared: readonly Frozen<Pod>[];
  readonly healthy: number;
  readonly againAfterMs: number | undefined;
}

/** The uids of pods of which it was told that several budgets count them. */
type Told = Set<string>;

/**
 * Says of each PodDisruptionBudget how many of its pods may be evicted now. Watches budgets, the pods, and, to know how
 * many pods there are to be, the Deployments, ReplicaSets, ReplicationControllers and StatefulSets; of other kinds it
 * reads the scale. It writes the budgets' status; an eviction writes it, too, and each is the other's proof, by the
 * version. Follows `pkg/controller/disruption` of Kubernetes and "Specifying a Disruption Budget for your Application".
 */
export const disruption = defineLoop<Budget, Observed, Difference, Told>({
  name: "disruption",
  component: "controllermanager",
  account: "disruption-controller",
  watches: [
    watch<PodDisruptionBudget, Told>({
      kind: budgetKind,
      indexes: { namespace: byNamespace },
      keys: ({ type, object }) => (type === "deleted" ? [] : [keyOf(object)]),
    }),
    watch({ kind: customResourceDefinition }),
  ],
  // Where there is no budget, nobody counts pods.
  derived: { from: [budgetKind], watchesOf: (listers) => (listers.of(budgetKind).size > 0 ? counted : []) },
  begin: () => new Set(),

  obtain: (key, listers) => listers.of(budgetKind).get(key),

  observe(budget, listers, { memory }) {
    const all = listers.of(podKind).by("namespace", budget.metadata.namespace ?? "");
    const pods = all.filter((each) => budgetCounts(budget, each));
    const byNumber = budget.spec.maxUnavailable === undefined && typeof budget.spec.minAvailable !== "string";
    return {
      pods,
      scales: byNumber ? undefined : podScales(pods, listers),
      contested: pods.filter((each) => isNews(each, { listers, memory })),
    };
  },

  difference(budget, observed, { nowMs }) {
    const granted = budget.status.disruptedPods ?? {};
    const disrupted: Record<string, string> = {};
    const spared: Frozen<Pod>[] = [];
    let againAfterMs: number | undefined;
    for (const pod of observed.pods) {
      const since = ownValue(granted, pod.metadata.name);
      if (since === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
      const leftMs = evictionMsMax - elapsedMs(since, nowMs);
      if (leftMs < 0) spared.push(pod);
      else {
        disrupted[pod.metadata.name] = since;
        againAfterMs = Math.min(againAfterMs ?? leftMs + 1, leftMs + 1);
      }
    }
    const isHealthy = (pod: Frozen<Pod>) =>
      pod.metadata.deletionTimestamp === undefined && !Object.hasOwn(disrupted, pod.metadata.name) && isPodReady(pod);
    return { budget, ...observed, disrupted, spared, healthy: observed.pods.filter(isHealthy).length, againAfterMs };
  },

  reconcile(difference, { nowMs, memory }): Plan {
    const { budget, pods, scales, contested, spared, againAfterMs } = difference;
    for (const { metadata } of contested) memory.add(metadata.uid ?? "");
    const tells = [
      ...(pods.length === 0
        ? [tell(budget, { type: "Normal", reason: "NoPods", message: "No matching pods found" })]
        : []),
      ...contested.map((pod) => tellContested(pod, budget)),
      ...spared.map((pod) => tellSpared(pod, budget)),
    ];
    const { known, unknown, unmanaged, error } = scales ?? nobody;
    if (error !== undefined) return { actions: [...tells, ...failSafe(budget, error, nowMs)] };
    if (unmanaged.length > 0)
      tells.push(tell(budget, { type: "Warning", reason: "UnmanagedPods", message: unmanagedText(budget) }));
    const sum = [...known.values()].reduce((total, each) => total + each, 0);
    const writes = afterReading(unknown, difference, { sum, nowMs });
    return { actions: [...tells, ...writes], ...present({ againAfterMs }) };
  },
});

const nobody: PodScales = { known: new Map(), unknown: [], unmanaged: [] };

const counted: readonly Watch[] = [
  {
    kind: podKind,
    indexes: { namespace: byNamespace },
    keys: ({ object, previous }, { listers }) =>
      listers
        .of(budgetKind)
        .by("namespace", object.metadata.namespace ?? "")
        .filter((budget) => [object, previous].some((each) => each && budgetCounts(budget, each as Frozen<Pod>)))
        .map(keyOf),
  },
  ...mirroredScales.map((kind) => ({ kind })),
];

/** Whether more budgets than one count a pod, and nobody was told of it. */
function isNews(pod: Frozen<Pod>, { listers, memory }: { readonly listers: Listers; readonly memory: Told }): boolean {
  if (memory.has(pod.metadata.uid ?? "")) return false;
  const budgets = listers.of(budgetKind).by("namespace", pod.metadata.namespace ?? "");
  return budgets.length > 1 && budgets.filter((each) => budgetCounts(each, pod)).length > 1;
}

interface Counted {
  readonly sum: number;
  readonly nowMs: number;
}

/** The write of the status, once the scales that only the API knows are read, one after the other. */
function afterReading(
  unknown: readonly UnknownScale[],
  difference: Difference,
  { sum, nowMs }: Counted,
): readonly Action[] {
  const [next, ...rest] = unknown;
  if (next === undefined) return statusWrite(difference, { sum, nowMs });
  const { budget } = difference;
  const { kind, namespace, name, uid, pod } = next;
  return [
    {
      op: "read",
      kind,
      namespace,
      name,
      subresource: "scale",
      found(outcome, now) {
        const scale = outcome.ok
          ? (outcome.value as { metadata: { uid?: string }; spec?: { replicas?: number } })
          : undefined;
        if (scale?.metadata.uid === uid) {
          return afterReading(rest, difference, { sum: sum + (scale.spec?.replicas ?? 0), nowMs: now.nowMs });
        }
        const isGone = outcome.ok || outcome.failure.reason === "NotFound";
        const why = isGone ? `found no controllers for pod ${JSON.stringify(pod)}` : outcome.failure.message;
        return failSafe(budget, why, now.nowMs);
      },
    },
  ];
}

function statusWrite({ budget, pods, scales, disrupted, healthy }: Difference, { sum, nowMs }: Counted): Action[] {
  const { minAvailable, maxUnavailable } = budget.spec;
  const expectedPods = scales === undefined ? pods.length : sum;
  const share = scaledValue(maxUnavailable ?? minAvailable ?? 0, expectedPods, "up");
  const desiredHealthy = maxUnavailable === undefined ? share : Math.max(0, expectedPods - share);
  const isUnset = maxUnavailable === undefined && minAvailable === undefined;
  const expected = isUnset ? 0 : expectedPods;
  const status: DisruptionBudgetStatus = {
    ...(budget.status.conditions && { conditions: budget.status.conditions as DisruptionBudgetStatus["conditions"] }),
    currentHealthy: healthy,
    desiredHealthy,
    ...(Object.keys(disrupted).length > 0 && { disruptedPods: { ...disrupted } }),
    disruptionsAllowed: expected <= 0 ? 0 : Math.max(0, healthy - desiredHealthy),
    expectedPods: expected,
    ...present({ observedGeneration: budget.metadata.generation }),
  } as DisruptionBudgetStatus;
  return write(budget, withDisruptionAllowed(status, nowMs));
}

/** What cannot be counted must not be evicted. */
function failSafe(budget: Budget, why: string, nowMs: number): Action[] {
  const message = `Failed to calculate the number of expected pods: ${why}`;
  const told = tell(budget, { type: "Warning", reason: "CalculateExpectedPodCountFailed", message });
  return [told, ...write(budget, withSyncFailed(budget.status, nowMs, why))];
}

function write(budget: Budget, status: DisruptionBudgetStatus): Action[] {
  if (jsonEqual(budget.status, status)) return [];
  const object = { ...budget, status } as Frozen<KubeObject>;
  return [{ op: "update", kind: budgetKind, object, subresource: "status", accept: ["NotFound"] }];
}

function tell(budget: Budget, said: Omit<Report, "about">): Action {
  const about = budget as Frozen<KubeObject>;
  return { op: "tell", kind: budgetKind, object: about, report: { about, ...said } };
}

function tellPod(pod: Frozen<Pod>, reason: string, message: string): Action {
  const about = pod as Frozen<KubeObject>;
  return { op: "tell", kind: podKind, object: about, report: { about, type: "Warning", reason, message } };
}

function tellContested(pod: Frozen<Pod>, { metadata }: Budget): Action {
  const { namespace = "", name } = pod.metadata;
  const who = `Pod ${JSON.stringify(namespace)}/${JSON.stringify(name)}`;
  const chosen = JSON.stringify(metadata.name);
  const message = `${who} matches multiple PodDisruptionBudgets.  Chose ${chosen} arbitrarily.`;
  return tellPod(pod, "MultiplePodDisruptionBudgets", message);
}

function tellSpared(pod: Frozen<Pod>, { metadata }: Budget): Action {
  const { namespace = "" } = metadata;
  return tellPod(pod, "NotDeleted", `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`);
}

function unmanagedText({ spec }: Budget): string {
  return (
    `Pods selected by this PodDisruptionBudget (selector: ${goSelectorText(spec.selector)}) were found to be ` +
    "unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined " +
    'behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.'
  );
}
