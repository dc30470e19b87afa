import { nothing, type Selector, toSelector } from "../api/label_selector.ts";
import { fitsNodeAffinity, hasRequiredNodeAffinity } from "../api/node_selector.ts";
import { tolerates } from "../api/toleration.ts";
import { type Frozen, ownValue, type TopologySpreadConstraint } from "../api/types.ts";
import type { CycleContext } from "./framework.ts";
import type { NodeInfo } from "./node_info.ts";
import type { PodCounts } from "./pod_index.ts";
import type { PodInfo } from "./pod_info.ts";

/** A rule that spreads pods over the values of a node label. */
export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly minDomains: number;
  readonly selector: Selector;
  /** Only nodes that the pod's own node affinity allows count. */
  readonly affinityHonored: boolean;
  /** Only nodes whose taints the pod tolerates count. */
  readonly taintsHonored: boolean;
}

/** What keeps together a node's own value among the labels that the rules use. */
export const hostnameLabel = "kubernetes.io/hostname";

const defaults = [
  { maxSkew: 3, topologyKey: hostnameLabel },
  { maxSkew: 5, topologyKey: "topology.kubernetes.io/zone" },
] as const;

/** The rules a pod states itself, hard ones or soft ones. */
export function ownConstraints(
  pod: PodInfo,
  whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway",
): SpreadConstraint[] {
  return (pod.pod.spec.topologySpreadConstraints ?? [])
    .filter((constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable)
    .map((constraint) => read(pod, constraint));
}

/** The rules of the system, for a pod that states none but belongs to a service or an owner. */
export function systemConstraints(pod: PodInfo, { related }: CycleContext): SpreadConstraint[] {
  if (pod.pod.spec.topologySpreadConstraints?.length) return [];
  const selector = related.selectorFor(pod);
  if (selector === undefined) return [];
  return defaults.map((each) => ({ ...each, minDomains: 1, selector, affinityHonored: true, taintsHonored: false }));
}

/** The rules of a configuration, for the same pods. */
export function listedConstraints(
  listed: readonly Frozen<TopologySpreadConstraint>[],
  whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway",
  { pod, context: { related } }: { readonly pod: PodInfo; readonly context: CycleContext },
): SpreadConstraint[] {
  if (pod.pod.spec.topologySpreadConstraints?.length) return [];
  const selector = related.selectorFor(pod);
  if (selector === undefined) return [];
  return listed
    .filter((constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable)
    .map((constraint) => ({ ...read(pod, constraint), selector }));
}

function read(pod: PodInfo, constraint: Frozen<TopologySpreadConstraint>): SpreadConstraint {
  const converted = toSelector(constraint.labelSelector);
  const base: Selector = converted.ok ? converted.value : nothing;
  const added = (constraint.matchLabelKeys ?? []).flatMap((key) => {
    const value = ownValue(pod.labels, key);
    return value === undefined ? [] : [{ key, operator: "in" as const, values: [value] }];
  });
  return {
    maxSkew: constraint.maxSkew,
    topologyKey: constraint.topologyKey,
    minDomains: constraint.minDomains ?? 1,
    selector: added.length === 0 ? base : { ...base, requirements: [...base.requirements, ...added] },
    affinityHonored: constraint.nodeAffinityPolicy !== "Ignore",
    taintsHonored: constraint.nodeTaintsPolicy === "Honor",
  };
}

/** Whether a node counts for a rule. */
export function includes(constraint: SpreadConstraint, pod: PodInfo, node: NodeInfo): boolean {
  if (constraint.affinityHonored && !fitsNodeAffinity(pod.pod, node)) return false;
  return !constraint.taintsHonored || node.hardTaints.every((taint) => tolerates(pod.tolerations, taint));
}

/** Whether every node counts for a rule, so that sums over all nodes serve. */
export function includesAll(constraint: SpreadConstraint, pod: PodInfo): boolean {
  return !constraint.taintsHonored && !(constraint.affinityHonored && hasRequiredNodeAffinity(pod.pod));
}

/** How many pods a rule speaks of are where. */
export function countsFor({ selector }: SpreadConstraint, pod: PodInfo, { view }: CycleContext): PodCounts {
  return view.podIndex.counts({ namespaces: [pod.namespace], selector, terminating: false });
}
