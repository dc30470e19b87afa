import { ownValue } from "../api/types.ts";
import type { AffinityTerm } from "./affinity_term.ts";
import { getOrMake } from "./get_or_make.ts";
import type { NodeInfo } from "./node_info.ts";
import { addTo } from "./pod_index.ts";
import type { PodInfo } from "./pod_info.ts";

/** A rule that pods on nodes hold about others, and where these pods are. */
export interface HeldTerm {
  readonly term: AffinityTerm;
  /** By node name, the sum of the weights with which its pods hold the rule (1 for a required one). */
  readonly byNode: ReadonlyMap<string, number>;
  /** The same by the value of the rule's topology label. */
  byValue(): ReadonlyMap<string, number>;
}

/** The rules that pods on nodes hold about others: equal rules are one entry, however many pods hold them. */
export interface TermIndex {
  requiredAffinity(): Iterable<HeldTerm>;
  requiredAntiAffinity(): Iterable<HeldTerm>;
  preferred(): Iterable<HeldTerm>;
  podAdded(pod: PodInfo, node: string): void;
  podRemoved(pod: PodInfo, node: string): void;
  nodesChanged(): void;
}

interface Held extends HeldTerm {
  readonly byNode: Map<string, number>;
  /** How many pods hold it; weights may cancel out. */
  holders: number;
  sum: Map<string, number> | undefined;
}

/** Makes an empty index over the nodes of a cache. */
export function createTermIndex(nodes: ReadonlyMap<string, NodeInfo>): TermIndex {
  const [affinity, antiAffinity, preferred] = [
    new Map<string, Held>(),
    new Map<string, Held>(),
    new Map<string, Held>(),
  ];
  const all = [affinity, antiAffinity, preferred];

  function change(held: Map<string, Held>, term: AffinityTerm, { node, weight, by }: Change) {
    const entry = getOrMake(held, term.id, () => make(term));
    entry.holders += by;
    if (entry.holders === 0) return void held.delete(term.id);
    addTo(entry.byNode, node, by * weight);
    const value = ownValue(nodes.get(node)?.labels, term.topologyKey);
    if (entry.sum && value !== undefined) addTo(entry.sum, value, by * weight);
  }

  function make(term: AffinityTerm): Held {
    const entry: Held = {
      term,
      byNode: new Map(),
      holders: 0,
      sum: undefined,
      byValue: () => (entry.sum ??= sumUp(entry)),
    };
    return entry;
  }

  function sumUp({ byNode, term }: Held) {
    const sum = new Map<string, number>();
    for (const [name, weight] of byNode) {
      const value = ownValue(nodes.get(name)?.labels, term.topologyKey);
      if (value !== undefined) addTo(sum, value, weight);
    }
    return sum;
  }

  function changeAll({ affinity: rules }: PodInfo, node: string, by: 1 | -1) {
    for (const term of rules.requiredAffinity) change(affinity, term, { node, weight: 1, by });
    for (const term of rules.requiredAntiAffinity) change(antiAffinity, term, { node, weight: 1, by });
    for (const { term, weight } of rules.preferred) change(preferred, term, { node, weight, by });
  }

  return {
    requiredAffinity: () => affinity.values(),
    requiredAntiAffinity: () => antiAffinity.values(),
    preferred: () => preferred.values(),
    podAdded: (pod, node) => changeAll(pod, node, 1),
    podRemoved: (pod, node) => changeAll(pod, node, -1),
    nodesChanged() {
      for (const held of all) for (const entry of held.values()) entry.sum = undefined;
    },
  };
}

interface Change {
  readonly node: string;
  readonly weight: number;
  readonly by: 1 | -1;
}
