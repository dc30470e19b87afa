import { matchesLabels } from "../../api/label_selector.ts";
import { ownValue } from "../../api/types.ts";
import type { PluginArguments } from "../configuration/arguments.ts";
import { type CycleContext, type Plugin, plugin, scoreMax, skip, unresolvable, unschedulable } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import { addTo } from "../pod_index.ts";
import type { PodInfo } from "../pod_info.ts";
import {
  countsFor,
  hostnameLabel,
  includes,
  includesAll,
  listedConstraints,
  ownConstraints,
  type SpreadConstraint,
  systemConstraints,
} from "../spread_constraint.ts";

const tooSkewed = unschedulable("node(s) didn't match pod topology spread constraints");
const labelMissing = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");

/** A hard rule with the number of matching pods per value. */
interface HardRule {
  readonly constraint: SpreadConstraint;
  readonly counts: ReadonlyMap<string, number>;
  readonly least: number;
  /** 1 if the pod itself matches. */
  readonly self: number;
}

/** A soft rule: what a node's score grows by for each matching pod near it. */
interface SoftRule {
  readonly constraint: SpreadConstraint;
  readonly weight: number;
  readonly countOn: (node: NodeInfo) => number | undefined;
}

interface SoftRules {
  readonly rules: readonly SoftRule[];
  /** Whether a node must have all labels to get a score: so for a pod's own rules, not for the system's. */
  readonly allLabels: boolean;
}

type Arguments = PluginArguments["PodTopologySpread"];

/** Spreads pods over nodes and zones: a pod's own rules, hard and soft, or the system's soft ones. */
export const podTopologySpread = configured({});

function configured({ defaultingType = "System", defaultConstraints = [] }: Arguments): Plugin {
  const listed = defaultingType === "List" ? defaultConstraints : undefined;
  return plugin<readonly HardRule[], SoftRules>({
    name: "PodTopologySpread",
    order: 80,
    weight: 2,
    events: [
      { on: "assigned-pod.add", helps: touches },
      { on: "assigned-pod.delete", helps: touches },
      { on: "assigned-pod.labels", helps: touches },
      { on: "node.add", helps: hasLabels },
      { on: "node.delete" },
      { on: "node.labels", helps: hasLabels },
      { on: "node.taints" },
      { on: "pod.labels" },
    ],
    countsPods: true,
    configured,
    preFilter(pod, context) {
      const own = ownConstraints(pod, "DoNotSchedule");
      const constraints =
        own.length > 0 || !listed ? own : listedConstraints(listed, "DoNotSchedule", { pod, context });
      if (constraints.length === 0) return skip;
      return { state: constraints.map((constraint) => hardRule(constraint, { pod, context, constraints })) };
    },
    filter(_pod, { labels }, rules) {
      for (const { constraint, counts, least, self } of rules) {
        const value = ownValue(labels, constraint.topologyKey);
        if (value === undefined) return labelMissing;
        if ((counts.get(value) ?? 0) + self - least > constraint.maxSkew) return tooSkewed;
      }
      return undefined;
    },
    preScore(pod, nodes, context) {
      const own = ownConstraints(pod, "ScheduleAnyway");
      const constraints =
        own.length > 0
          ? own
          : listed
            ? listedConstraints(listed, "ScheduleAnyway", { pod, context })
            : systemConstraints(pod, context);
      if (constraints.length === 0) return skip;
      const allLabels = own.length > 0 || listed !== undefined;
      const scored = allLabels ? nodes.filter((node) => hasAll(node, constraints)) : nodes;
      return {
        state: { allLabels, rules: constraints.map((each) => softRule(each, { pod, context, nodes: scored })) },
      };
    },
    score(_pod, node, { rules, allLabels }) {
      let score = 0;
      for (const { constraint, weight, countOn } of rules) {
        const count = countOn(node);
        if (count !== undefined) score += count * weight + (constraint.maxSkew - 1);
        else if (allLabels) return ignored;
      }
      return Math.round(score);
    },
    normalize: invert,
  });
}

/** The score of a node that lacks a label which the rules need. */
const ignored = -1;

function hasAll({ labels }: NodeInfo, constraints: readonly SpreadConstraint[]): boolean {
  return constraints.every(({ topologyKey }) => ownValue(labels, topologyKey) !== undefined);
}

interface HardOptions {
  readonly pod: PodInfo;
  readonly context: CycleContext;
  readonly constraints: readonly SpreadConstraint[];
}

function hardRule(constraint: SpreadConstraint, options: HardOptions): HardRule {
  const { pod, context, constraints } = options;
  const { topologyKey, selector, minDomains } = constraint;
  const found = countsFor(constraint, pod, context);
  // Where no node is left out, the sums that the index keeps will do, and no node need be looked at.
  const everyNode = constraints.every(
    (each) => constraints.length === 1 || context.view.domains(each.topologyKey).onAll,
  );
  const kept = everyNode && includesAll(constraint, pod);
  const counts = kept ? found.byTopology(topologyKey) : countIncluded(constraint, found.byNode, options);
  const domains = kept ? context.view.domains(topologyKey).values.size : counts.size;
  let least = domains < minDomains || counts.size < domains || domains === 0 ? 0 : Number.POSITIVE_INFINITY;
  if (least > 0) for (const count of counts.values()) if (count < least) least = count;
  return { constraint, counts, least, self: matchesLabels(selector, pod.labels) ? 1 : 0 };
}

function countIncluded(
  constraint: SpreadConstraint,
  byNode: ReadonlyMap<string, number>,
  { pod, context, constraints }: HardOptions,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const node of context.view.nodes()) {
    if (!hasAll(node, constraints) || !includes(constraint, pod, node)) continue;
    // `hasAll` saw to it that the label is there; adding 0 keeps a value without pods.
    const value = ownValue(node.labels, constraint.topologyKey) ?? "";
    counts.set(value, (counts.get(value) ?? 0) + (byNode.get(node.name) ?? 0));
  }
  return counts;
}

interface SoftOptions {
  readonly pod: PodInfo;
  readonly context: CycleContext;
  readonly nodes: readonly NodeInfo[];
}

function softRule(constraint: SpreadConstraint, options: SoftOptions): SoftRule {
  const { pod, context, nodes } = options;
  const { topologyKey } = constraint;
  const counts = countsFor(constraint, pod, context);
  if (topologyKey === hostnameLabel) {
    // Every node is a value of its own: its pods are the count, whatever the label says.
    const countOn = (node: NodeInfo) =>
      node.labels[hostnameLabel] === undefined ? undefined : (counts.byNode.get(node.name) ?? 0);
    return { constraint, weight: weightFor(nodes.length), countOn };
  }
  const sums = includesAll(constraint, pod) ? counts.byTopology(topologyKey) : sumIncluded(constraint, counts, options);
  const values = new Set<string>();
  for (const { labels } of nodes) {
    const value = ownValue(labels, topologyKey);
    if (value !== undefined) values.add(value);
  }
  const countOn = ({ labels }: NodeInfo) => {
    const value = ownValue(labels, topologyKey);
    return value === undefined ? undefined : (sums.get(value) ?? 0);
  };
  return { constraint, weight: weightFor(values.size), countOn };
}

function sumIncluded(
  constraint: SpreadConstraint,
  { byNode }: { readonly byNode: ReadonlyMap<string, number> },
  { pod, context }: SoftOptions,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [name, count] of byNode) {
    const node = context.view.node(name);
    const value = ownValue(node?.labels, constraint.topologyKey);
    if (node && value !== undefined && includes(constraint, pod, node)) addTo(sums, value, count);
  }
  return sums;
}

/** The more values there are, the more one pod in one of them weighs. */
function weightFor(values: number): number {
  return Math.log(values + 2);
}

/** The fewer pods near, the better; ignored nodes get nothing. */
function invert(scores: number[]): void {
  let [min, max] = [Number.POSITIVE_INFINITY, 0];
  for (const score of scores) {
    if (score === ignored) continue;
    if (score < min) min = score;
    if (score > max) max = score;
  }
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index] ?? 0;
    if (score === ignored) scores[index] = 0;
    else scores[index] = max === 0 ? scoreMax : Math.trunc((scoreMax * (max + min - score)) / max);
  }
}

function touches(pod: PodInfo, { pod: other }: { readonly pod?: PodInfo }): boolean {
  return (
    other?.namespace === pod.namespace &&
    // An update may have moved the other pod out of the selector, so any rule will do.
    (pod.pod.spec.topologySpreadConstraints?.length ?? 0) > 0
  );
}

function hasLabels(pod: PodInfo, { node }: { readonly node?: NodeInfo }): boolean {
  return node !== undefined && hasAll(node, ownConstraints(pod, "DoNotSchedule"));
}
