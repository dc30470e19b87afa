import { matchesLabels, type Selector } from "../api/label_selector.ts";
import { ownValue } from "../api/types.ts";
import { selectorText } from "./affinity_term.ts";
import { getOrMake } from "./get_or_make.ts";
import type { NodeInfo } from "./node_info.ts";
import type { PodInfo } from "./pod_info.ts";

/** Which pods to count. */
export interface PodQuery {
  /** Sorted. */
  readonly namespaces: readonly string[];
  readonly selector: Selector;
  /** Whether pods that are being deleted count. */
  readonly terminating: boolean;
}

/** How many of the pods asked for are where. */
export interface PodCounts {
  /** By node name; a node without such pods is absent. */
  readonly byNode: ReadonlyMap<string, number>;
  /** By the value of a node label; values without such pods are absent. */
  byTopology(key: string): ReadonlyMap<string, number>;
}

/** Counts pods by selector: the first question scans the namespaces, afterwards every pod that comes or goes counts. */
export interface PodIndex {
  counts(query: PodQuery): PodCounts;
  podAdded(pod: PodInfo, node: string): void;
  podRemoved(pod: PodInfo, node: string): void;
  /** Labels of nodes changed, or nodes came or went: sums by label are made anew when next asked for. */
  nodesChanged(): void;
}

interface Entry extends PodCounts {
  readonly query: PodQuery;
  readonly id: string;
  readonly byNode: Map<string, number>;
  readonly sums: Map<string, Map<string, number>>;
}

const entriesMax = 512;

/** Makes an empty index over the nodes of a cache. */
export function createPodIndex(nodes: ReadonlyMap<string, NodeInfo>): PodIndex {
  /** By id, the longest unused first. */
  const entries = new Map<string, Entry>();
  const entriesByNamespace = new Map<string, Set<Entry>>();
  const podsByNamespace = new Map<string, Map<PodInfo, string>>();

  function change(pod: PodInfo, { node, by }: { node: string; by: 1 | -1 }) {
    for (const entry of entriesByNamespace.get(pod.namespace) ?? []) {
      if (!counted(entry.query, pod)) continue;
      addTo(entry.byNode, node, by);
      const labels = nodes.get(node)?.labels;
      for (const [key, sum] of entry.sums) {
        const value = ownValue(labels, key);
        if (value !== undefined) addTo(sum, value, by);
      }
    }
  }

  function make(query: PodQuery, id: string): Entry {
    const byNode = new Map<string, number>();
    for (const namespace of query.namespaces) {
      for (const [pod, node] of podsByNamespace.get(namespace) ?? []) if (counted(query, pod)) addTo(byNode, node, 1);
    }
    const sums = new Map<string, Map<string, number>>();
    const entry: Entry = { query, id, byNode, sums, byTopology: (key) => sums.get(key) ?? sumUp(entry, key) };
    entries.set(id, entry);
    for (const namespace of query.namespaces) getOrMake(entriesByNamespace, namespace, () => new Set()).add(entry);
    return entry;
  }

  function sumUp({ byNode, sums }: Entry, key: string) {
    const sum = new Map<string, number>();
    for (const [name, count] of byNode) {
      const value = ownValue(nodes.get(name)?.labels, key);
      if (value !== undefined) addTo(sum, value, count);
    }
    sums.set(key, sum);
    return sum;
  }

  function forget(entry: Entry) {
    entries.delete(entry.id);
    for (const namespace of entry.query.namespaces) entriesByNamespace.get(namespace)?.delete(entry);
  }

  return {
    counts(query) {
      const id = `${query.namespaces.join(",")}|${query.terminating}|${selectorText(query.selector)}`;
      const known = entries.get(id);
      if (known) {
        entries.delete(id);
        entries.set(id, known);
        return known;
      }
      const [oldest] = entries.values();
      if (entries.size >= entriesMax && oldest) forget(oldest);
      return make(query, id);
    },
    podAdded(pod, node) {
      getOrMake(podsByNamespace, pod.namespace, () => new Map()).set(pod, node);
      change(pod, { node, by: 1 });
    },
    podRemoved(pod, node) {
      podsByNamespace.get(pod.namespace)?.delete(pod);
      change(pod, { node, by: -1 });
    },
    nodesChanged() {
      for (const { sums } of entries.values()) sums.clear();
    },
  };
}

function counted({ terminating, selector }: PodQuery, pod: PodInfo): boolean {
  return (terminating || !pod.terminating) && matchesLabels(selector, pod.labels);
}

/** Adds to the number under a key; a 0 is forgotten. */
export function addTo(counts: Map<string, number>, key: string, by: number): void {
  const sum = (counts.get(key) ?? 0) + by;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}
