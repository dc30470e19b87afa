import { formatSelector, matchesLabels, type Selector, toSelector } from "../api/label_selector.ts";
import type { Frozen, Pod, PodAffinityTerm } from "../api/types.ts";

/** One rule of a pod about others: pods of these namespaces with these labels, seen per value of a node label. */
export interface AffinityTerm {
  readonly namespaces: readonly string[];
  /** Namespaces by their labels, beside those named. */
  readonly namespaceSelector: Selector | undefined;
  readonly selector: Selector;
  readonly topologyKey: string;
  /** Equal for equal rules. */
  readonly id: string;
}

/** A rule that only counts in scores; below 0 it keeps away. */
export interface WeightedTerm {
  readonly term: AffinityTerm;
  readonly weight: number;
}

/** All rules of one pod about others. */
export interface PodAffinityInfo {
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferred: readonly WeightedTerm[];
}

const none: PodAffinityInfo = { requiredAffinity: [], requiredAntiAffinity: [], preferred: [] };
const nothing: Selector = { nothing: true, requirements: [] };

/** Reads the rules of a pod about others. */
export function podAffinityInfo(pod: Frozen<Pod>): PodAffinityInfo {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return none;
  const read = (term: Frozen<PodAffinityTerm>) => readTerm(pod, term);
  const weighted =
    (sign: 1 | -1) => (each: { readonly weight: number; readonly podAffinityTerm: Frozen<PodAffinityTerm> }) => ({
      term: read(each.podAffinityTerm),
      weight: sign * each.weight,
    });
  return {
    requiredAffinity: (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(read),
    requiredAntiAffinity: (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(read),
    preferred: [
      ...(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(weighted(1)),
      ...(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(weighted(-1)),
    ],
  };
}

function readTerm(pod: Frozen<Pod>, term: Frozen<PodAffinityTerm>): AffinityTerm {
  const named = [...(term.namespaces ?? [])].sort();
  const namespaces = named.length > 0 || term.namespaceSelector ? named : [pod.metadata.namespace ?? ""];
  const selector = selectorOf(term.labelSelector);
  const namespaceSelector = term.namespaceSelector === undefined ? undefined : selectorOf(term.namespaceSelector);
  const byLabels = namespaceSelector === undefined ? "-" : selectorText(namespaceSelector);
  const id = `${term.topologyKey}|${namespaces.join(",")}|${byLabels}|${selectorText(selector)}`;
  return { namespaces, namespaceSelector, selector, topologyKey: term.topologyKey, id };
}

function selectorOf(selector: Parameters<typeof toSelector>[0]): Selector {
  const converted = toSelector(selector);
  return converted.ok ? converted.value : nothing;
}

/** A text that is equal for equal selectors. */
export function selectorText(selector: Selector): string {
  return selector.nothing ? "<none>" : formatSelector(selector);
}

/** Whether a rule speaks of a pod; `namespaceLabels` are those of the pod's namespace. */
export function termMatches(
  term: AffinityTerm,
  pod: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
  namespaceLabels: Readonly<Record<string, string>> | undefined,
): boolean {
  const inNamespace =
    term.namespaces.includes(pod.namespace) ||
    (term.namespaceSelector !== undefined && matchesLabels(term.namespaceSelector, namespaceLabels ?? {}));
  return inNamespace && matchesLabels(term.selector, pod.labels);
}
