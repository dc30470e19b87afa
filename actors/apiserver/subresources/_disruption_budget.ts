import type { Step } from "../../../runtime/mod.ts";
import { budgetCounts, withDisruptionAllowed } from "../../api/disruption_budget.ts";
import {
  type PodDisruptionBudget,
  podDisruptionBudgetRules as podDisruptionBudget,
} from "../../api/kinds/pod_disruption_budget.ts";
import { isPodReady } from "../../api/pod.ts";
import { disruptionRefused, forbiddenStatus, notFound, type Status, unknownFailure } from "../../api/status.ts";
import { formatTime } from "../../api/time.ts";
import { type Frozen, type Pod, thaw } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { selectionOf } from "../cache/selection.ts";
import type { Call } from "../requests/call.ts";
import { readList } from "../requests/list.ts";
import { cacheOf, type Server } from "../server.ts";
import { type Change, guaranteedUpdate } from "../storage/guaranteed_update.ts";
import { encodeChanged, type Item, objectFor } from "../storage/item.ts";

type Budget = Frozen<PodDisruptionBudget>;

/** A pod may be evicted. */
export interface Permit {
  /** The name of its budget, where that does not count the pod as healthy: only as it is now may it go. */
  readonly unguarded?: string;
}

/** Told whether a pod may be evicted, or why not. */
export type PermitThen = (permit: Result<Permit, Status>, step: Step) => void;

/** So many evictions may be granted that the disruption controller has not seen yet. */
const disruptedPodsMax = 2_000;
const budgets = { group: podDisruptionBudget.group, resource: podDisruptionBudget.plural };
/** As Kubernetes names it where it refuses by its own hand. */
const budgetKind = { group: podDisruptionBudget.group, resource: "poddisruptionbudget" };
const severalText = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";

/** A pod that is about to be evicted. */
export interface BudgetQuestion {
  readonly call: Call;
  readonly pod: Frozen<Pod>;
  readonly dryRun: boolean;
  readonly done: PermitThen;
}

/**
 * Asks the disruption budget of a pod whether it may be evicted, and takes the eviction off what the budget allows: that
 * write is what keeps two evictions from being granted where only one is allowed.
 */
export function askBudget(server: Server, { call, pod, dryRun, done }: BudgetQuestion, step: Step) {
  const { namespace } = call;
  const selected = selectionOf({ kind: podDisruptionBudget, namespace, name: "", query: {}, indexedField: undefined });
  if (!selected.ok) return done(selected, step);
  readList(server, step, {
    selection: selected.value,
    limit: 0,
    query: {},
    done(listed, later) {
      if (!listed.ok) return done(listed, later);
      const counting = listed.value.items.filter((item) => budgetCounts(budgetOf(item), pod));
      const [item] = counting;
      if (item === undefined) return done(ok({}), later);
      if (counting.length > 1) return done(failed(unknownFailure(severalText)), later);
      const budget = budgetOf(item);
      if (!isPodReady(pod) && isUnguarded(budget)) return done(ok({ unguarded: budget.metadata.name }), later);
      take(server, { item, pod, dryRun, done }, later);
    },
  });
}

/** The answer to who wants to evict a pod whose budget is in the middle of something. */
export function budgetIsBusy(name: string): Status {
  return disruptionRefused(`The disruption budget ${name} is still being processed by the server.`, 10);
}

/** Whether a pod that is not healthy may go without being counted. */
function isUnguarded({ spec, status }: Budget): boolean {
  if (spec.unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  return status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0;
}

interface Taking extends Omit<BudgetQuestion, "call"> {
  readonly item: Item;
}

function take(server: Server, { item, pod, dryRun, done }: Taking, step: Step) {
  const { key } = item;
  const { name } = budgetOf(item).metadata;
  guaranteedUpdate(server.store, step, {
    key,
    resource: budgets,
    name,
    cached: cacheOf(server, podDisruptionBudget).items.get(key) ?? item,
    dryRun,
    sameIsDone: true,
    decide: (current, decided, now) => {
      if (current.item) decided(taken(current.item, pod, now), now);
      else decided({ do: "refuse", status: notFound(budgets, name) }, now);
    },
    done: (outcome, later) => done(outcome.ok ? ok({}) : outcome, later),
  });
}

/** The budget with one eviction less, or why there can be none. */
function taken(item: Item, { metadata }: Frozen<Pod>, step: Step): Change {
  const budget = budgetOf(item);
  const { name, generation = 0 } = budget.metadata;
  const {
    observedGeneration = 0,
    disruptionsAllowed,
    disruptedPods = {},
    desiredHealthy,
    currentHealthy,
  } = budget.status;
  const refuse = (status: Status): Change => ({ do: "refuse", status });
  if (observedGeneration < generation) return refuse(budgetIsBusy(name));
  if (disruptionsAllowed < 0) return refuse(forbiddenStatus(budgetKind, name, "pdb disruptions allowed is negative"));
  if (Object.keys(disruptedPods).length > disruptedPodsMax) {
    const why = "DisruptedPods map too big - too many evictions not confirmed by PDB controller";
    return refuse(forbiddenStatus(budgetKind, name, why));
  }
  if (disruptionsAllowed === 0) {
    const numbers = `needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
    return refuse(disruptionRefused(`The disruption budget ${name} ${numbers}`));
  }
  const draft = thaw(budget) as PodDisruptionBudget;
  draft.status.disruptionsAllowed = disruptionsAllowed - 1;
  draft.status.disruptedPods = { ...draft.status.disruptedPods, [metadata.name]: formatTime(step.nowMs) };
  if (disruptionsAllowed === 1) draft.status = withDisruptionAllowed(draft.status, step.nowMs);
  return { do: "put", text: encodeChanged(podDisruptionBudget.toStorage(draft), item) };
}

function budgetOf(item: Item): Budget {
  return objectFor(podDisruptionBudget, item) as Budget;
}
