import { budgetCounts } from "../../api/disruption_budget.ts";
import type { PluginArguments } from "../configuration/arguments.ts";
import { fitMessage } from "../cycle/fit_error.ts";
import {
  type Failure,
  type Plugin,
  plugin,
  preemptionReason,
  type Rejection,
  unresolvable,
  unschedulable,
} from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodInfo } from "../pod_info.ts";
import type { Related } from "../related.ts";

const notHelpful = unresolvable("Preemption is not helpful for scheduling");
const noVictims = unresolvable("No preemption victims found for incoming pod");

type Arguments = PluginArguments["DefaultPreemption"];

interface Candidate {
  readonly node: string;
  /** The most important first. */
  readonly victims: readonly PodInfo[];
  /** How many of them their disruption budgets do not let go. */
  readonly violations: number;
}

/**
 * Makes room for a pod by evicting as few and as unimportant pods as possible from one node. Disruption budgets are
 * respected where there is a choice, not where there is none, as "Pod Priority and Preemption" of Kubernetes says.
 */
export const defaultPreemption = configured({});

function configured(args: Arguments): Plugin {
  return plugin({
    name: "DefaultPreemption",
    order: 100,
    events: [{ on: "assigned-pod.delete" }],
    configured,
    postFilter(pod, failure) {
      const ineligible = ineligibility(pod, failure);
      if (ineligible) return told(ineligible);
      const rejections = new Map<string, Rejection>();
      const candidates = findCandidates(pod, failure, { rejections, enough: enoughOf(args, failure) });
      const best = candidates.reduce<Candidate | undefined>((a, b) => (a && !isBetter(b, a) ? a : b), undefined);
      if (best) return best;
      const nodesTotal = failure.context.view.nodes().length;
      return { ...told(fitMessage({ nodesTotal, rejections: rejections.values() })), isHopeless: true };
    },
  });
}

/** So many candidate nodes are enough: a tenth of all, but at least a hundred. */
function enoughOf({ minCandidateNodesPercentage = 10, minCandidateNodesAbsolute = 100 }: Arguments, failure: Failure) {
  const share = Math.trunc((failure.context.view.nodes().length * minCandidateNodesPercentage) / 100);
  return Math.max(share, minCandidateNodesAbsolute);
}

function told(reason: string) {
  return { rejection: unschedulable(`preemption: ${reason}`) };
}

/** Why a pod may not preempt others (now). */
function ineligibility(
  { pod, priority }: PodInfo,
  { nominatedNode, context, rejectionOf }: Failure,
): string | undefined {
  if (pod.spec.preemptionPolicy === "Never") return "not eligible due to preemptionPolicy=Never.";
  const node = nominatedNode === undefined ? undefined : context.view.node(nominatedNode);
  if (!node?.node || !rejectionOf(node.name).resolvable) return undefined;
  const leaving = [...node.pods.values()].some((other) => other.priority < priority && leavesByPreemption(other));
  return leaving ? "not eligible due to a terminating pod on the nominated node." : undefined;
}

function leavesByPreemption({ terminating, pod }: PodInfo): boolean {
  const target = pod.status.conditions?.find(({ type }) => type === "DisruptionTarget");
  return terminating && target?.status === "True" && target.reason === preemptionReason;
}

interface Seeking {
  readonly rejections: Map<string, Rejection>;
  readonly enough: number;
}

function findCandidates(pod: PodInfo, failure: Failure, { rejections, enough }: Seeking): Candidate[] {
  const nodes = failure.context.view.nodes();
  const possible: NodeInfo[] = [];
  for (const node of nodes) {
    if (failure.rejectionOf(node.name).resolvable) possible.push(node);
    else rejections.set(node.name, notHelpful);
  }
  const from = possible.length === 0 ? 0 : failure.int(possible.length);
  const candidates: Candidate[] = [];
  const isEnough = () => candidates.length >= enough && candidates.some(({ violations }) => violations === 0);
  for (let tried = 0; tried < possible.length && !isEnough(); tried++) {
    const node = possible[(from + tried) % possible.length];
    if (!node) continue;
    const found = victimsOn(node, pod, failure);
    if ("reasons" in found) rejections.set(node.name, found);
    else candidates.push(found);
  }
  return candidates;
}

/** The pods that must go for the pod to fit: all of lower priority, less those that can stay after all. */
function victimsOn(node: NodeInfo, pod: PodInfo, { fits, context }: Failure): Candidate | Rejection {
  const lower = [...node.pods.values()].filter(({ priority }) => priority < pod.priority).sort(byImportance);
  if (lower.length === 0) return noVictims;
  const rejection = fits({ node, without: lower });
  if (rejection) return rejection;
  const guarded = guardedByBudgets(lower, context.related);
  const victims = new Set(lower);
  // Who has a budget that does not let it go is the first to be spared.
  for (const candidate of [
    ...lower.filter((each) => guarded.has(each)),
    ...lower.filter((each) => !guarded.has(each)),
  ]) {
    victims.delete(candidate);
    if (fits({ node, without: [...victims] })) victims.add(candidate);
  }
  const left = lower.filter((each) => victims.has(each));
  return { node: node.name, victims: left, violations: left.filter((each) => guarded.has(each)).length };
}

/** Those of the pods, taken in their order, whose eviction some budget does not allow. */
function guardedByBudgets(pods: readonly PodInfo[], related: Related): ReadonlySet<PodInfo> {
  const allowed = new Map<string, number>();
  const guarded = new Set<PodInfo>();
  for (const each of pods) {
    for (const budget of related.budgets(each.namespace)) {
      // An eviction that was granted already is counted.
      const isGranted = budget.status.disruptedPods?.[each.name] !== undefined;
      if (isGranted || Object.keys(each.labels).length === 0 || !budgetCounts(budget, each.pod)) continue;
      const key = `${each.namespace}/${budget.metadata.name}`;
      const left = (allowed.get(key) ?? budget.status.disruptionsAllowed) - 1;
      allowed.set(key, left);
      if (left < 0) guarded.add(each);
    }
  }
  return guarded;
}

/** Higher priority first; among equals who has run longer. */
function byImportance(a: PodInfo, b: PodInfo): number {
  return b.priority - a.priority || compareText(startOf(a), startOf(b)) || compareText(a.uid, b.uid);
}

function startOf({ pod }: PodInfo): string {
  return pod.status?.startTime ?? pod.metadata.creationTimestamp ?? "";
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Whether evicting the first hurts less: fewer budgets are violated; its most important victim is less important; then the sum of priorities, the
 * number of victims, and how late the most important one started.
 */
function isBetter(a: Candidate, b: Candidate): boolean {
  const order =
    a.violations - b.violations ||
    highest(a) - highest(b) ||
    sum(a) - sum(b) ||
    a.victims.length - b.victims.length ||
    compareText(earliestStart(b), earliestStart(a));
  return order < 0;
}

function highest({ victims }: Candidate): number {
  return victims[0]?.priority ?? Number.NEGATIVE_INFINITY;
}

/** Shifted so that a negative priority counts, too: two victims are worse than one. */
function sum({ victims }: Candidate): number {
  return victims.reduce((total, { priority }) => total + priority + 2 ** 31, 0);
}

function earliestStart({ victims }: Candidate): string {
  const top = victims[0]?.priority;
  return victims
    .filter(({ priority }) => priority === top)
    .reduce((first, each) => (first && first < startOf(each) ? first : startOf(each)), "");
}
