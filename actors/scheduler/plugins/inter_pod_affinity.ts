import { everything } from "../../api/label_selector.ts";
import { ownValue } from "../../api/types.ts";
import { type AffinityTerm, termMatches } from "../affinity_term.ts";
import type { ClusterEvent } from "../cluster_event.ts";
import type { PluginArguments } from "../configuration/arguments.ts";
import { type CycleContext, type Plugin, plugin, scoreMax, skip, unresolvable, unschedulable } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodInfo } from "../pod_info.ts";
import type { HeldTerm } from "../term_index.ts";

const repelled = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");
const notAttracted = unresolvable("node(s) didn't match pod affinity rules");
const repels = unschedulable("node(s) didn't match pod anti-affinity rules");

/** A rule with the number of pods it speaks of, by value of its label. */
interface CountedTerm {
  readonly key: string;
  readonly counts: ReadonlyMap<string, number>;
}

interface Rules {
  readonly existingAnti: readonly CountedTerm[];
  readonly affinity: readonly CountedTerm[];
  readonly antiAffinity: readonly CountedTerm[];
  /** The first of a group: it needs only itself, so any node with the labels will do. */
  readonly first: boolean;
}

interface Pull extends CountedTerm {
  readonly weight: number;
}

/** Keeps pods together or apart as they ask for, and as pods that already run ask for. */
export const interPodAffinity = configured({});

function configured(args: PluginArguments["InterPodAffinity"]): Plugin {
  const { hardPodAffinityWeight = 1, ignorePreferredTermsOfExistingPods = false } = args;
  return plugin<Rules, readonly Pull[]>({
    name: "InterPodAffinity",
    order: 90,
    weight: 2,
    events: [
      { on: "assigned-pod.add", helps: attracts },
      { on: "assigned-pod.labels" },
      { on: "assigned-pod.delete", helps: (pod, event) => hasRequired(pod) || wasRepelledBy(pod, event) },
      { on: "node.add" },
      { on: "node.labels" },
      { on: "node.taints" },
      { on: "namespace.labels", helps: hasRequired },
      { on: "pod.labels" },
    ],
    countsPods: true,
    configured,
    preFilter(pod, context) {
      const existingAnti = held(context.view.terms.requiredAntiAffinity(), { pod, context });
      if (existingAnti.length === 0 && !hasRequired(pod)) return skip;
      const { requiredAffinity } = pod.affinity;
      const affinity = requiredAffinity.map(({ topologyKey }) => countAll(requiredAffinity, topologyKey, context));
      const antiAffinity = pod.affinity.requiredAntiAffinity.map((term) => countTerm(term, context));
      const first = affinity.every(({ counts }) => counts.size === 0) && attractsItself(pod, context);
      return { state: { existingAnti, affinity, antiAffinity, first } };
    },
    filter(_pod, node, { affinity, first, antiAffinity, existingAnti }) {
      for (const { key, counts } of affinity) {
        const value = ownValue(node.labels, key);
        if (value === undefined || (!first && !counts.has(value))) return notAttracted;
      }
      if (antiAffinity.some((term) => isNear(term, node))) return repels;
      return existingAnti.some((term) => isNear(term, node)) ? repelled : undefined;
    },
    preScore(pod, _nodes, context) {
      const { terms } = context.view;
      const pulls: Pull[] = pod.affinity.preferred.map(({ term, weight }) => ({ ...countTerm(term, context), weight }));
      if (!ignorePreferredTermsOfExistingPods || pulls.length > 0) {
        for (const pull of held(terms.preferred(), { pod, context })) pulls.push({ ...pull, weight: 1 });
      }
      // Pods that must be near such a pod would rather have it near, too.
      if (hardPodAffinityWeight > 0 && (!ignorePreferredTermsOfExistingPods || pulls.length > 0)) {
        const weight = hardPodAffinityWeight;
        for (const pull of held(terms.requiredAffinity(), { pod, context })) pulls.push({ ...pull, weight });
      }
      return pulls.length === 0 ? skip : { state: pulls };
    },
    score(_pod, { labels }, pulls) {
      let score = 0;
      for (const { key, counts, weight } of pulls) {
        const value = ownValue(labels, key);
        if (value !== undefined) score += weight * (counts.get(value) ?? 0);
      }
      return score;
    },
    normalize: stretch,
  });
}

/** Spreads the scores over 0 to 100. */
function stretch(scores: number[]): void {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const score of scores) {
    if (score < min) min = score;
    if (score > max) max = score;
  }
  for (let index = 0; index < scores.length; index++) {
    scores[index] = max > min ? Math.trunc((scoreMax * ((scores[index] ?? 0) - min)) / (max - min)) : 0;
  }
}

function isNear({ key, counts }: CountedTerm, { labels }: NodeInfo): boolean {
  const value = ownValue(labels, key);
  return value !== undefined && counts.has(value);
}

/** The rules that others hold and that speak of the pod. */
function held(terms: Iterable<HeldTerm>, { pod, context }: { pod: PodInfo; context: CycleContext }): CountedTerm[] {
  const labels = context.related.namespaceLabels(pod.namespace);
  const found: CountedTerm[] = [];
  for (const { term, byValue } of terms) {
    if (termMatches(term, pod, labels)) found.push({ key: term.topologyKey, counts: byValue() });
  }
  return found;
}

function countTerm(term: AffinityTerm, context: CycleContext): CountedTerm {
  return countAll([term], term.topologyKey, context);
}

/** Counts the pods that all of the terms speak of, by the values of one label. */
function countAll(terms: readonly AffinityTerm[], key: string, context: CycleContext): CountedTerm {
  const [first = [], ...rest] = terms.map((term) => namespacesOf(term, context));
  const namespaces = first.filter((namespace) => rest.every((others) => others.includes(namespace)));
  const nothing = terms.some(({ selector }) => selector.nothing);
  const requirements = terms.flatMap(({ selector }) => selector.requirements);
  const query = { namespaces, selector: { nothing, requirements }, terminating: true };
  return { key, counts: context.view.podIndex.counts(query).byTopology(key) };
}

function namespacesOf(term: AffinityTerm, { related }: CycleContext): readonly string[] {
  if (!term.namespaceSelector) return term.namespaces;
  const anyPod = { ...term, selector: everything };
  const matching = related
    .namespaces()
    .filter((namespace) => termMatches(anyPod, { namespace, labels: {} }, related.namespaceLabels(namespace)));
  return [...new Set([...term.namespaces, ...matching])].sort();
}

function attractsItself(pod: PodInfo, { related }: CycleContext): boolean {
  const labels = related.namespaceLabels(pod.namespace);
  return pod.affinity.requiredAffinity.every((term) => termMatches(term, pod, labels));
}

function hasRequired({ affinity }: PodInfo): boolean {
  return affinity.requiredAffinity.length > 0 || affinity.requiredAntiAffinity.length > 0;
}

function attracts({ affinity }: PodInfo, { pod }: ClusterEvent): boolean {
  return pod !== undefined && affinity.requiredAffinity.some((term) => termMatches(term, pod, undefined));
}

function wasRepelledBy(pod: PodInfo, { pod: gone }: ClusterEvent): boolean {
  return gone?.affinity.requiredAntiAffinity.some((term) => termMatches(term, pod, undefined)) ?? false;
}
