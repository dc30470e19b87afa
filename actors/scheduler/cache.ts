import { type Frozen, type Node, ownValue } from "../api/types.ts";
import { getOrMake } from "./get_or_make.ts";
import { createImageIndex, type ImageIndex } from "./image_index.ts";
import { addPod, type NodeInfo, removePod, setNode, unknownNode } from "./node_info.ts";
import { nodeOrder } from "./node_order.ts";
import { createPodIndex, type PodIndex } from "./pod_index.ts";
import type { PodInfo } from "./pod_info.ts";
import { createTermIndex, type TermIndex } from "./term_index.ts";

/** A pod on a node, as the cache knows it. */
export interface PlacedPod {
  readonly info: PodInfo;
  readonly node: string;
  /** Placed by this scheduler and not yet seen in the API. */
  readonly assumed: boolean;
}

/** The values of one label over all nodes. */
export interface Domains {
  readonly values: ReadonlySet<string>;
  /** Whether every node has the label. */
  readonly onAll: boolean;
}

/** What a scheduling cycle reads. */
export interface ClusterView {
  /** The known nodes, zones interleaved. */
  nodes(): readonly NodeInfo[];
  node(name: string): NodeInfo | undefined;
  /** The values that a label has on the known nodes. */
  domains(label: string): Domains;
  readonly podIndex: PodIndex;
  readonly terms: TermIndex;
  readonly images: ImageIndex;
  /** How many nodes have something that most have not: where none has, no node need be asked. */
  readonly marked: Readonly<NodeMarks>;
}

/** Numbers of nodes. */
export interface NodeMarks {
  hardTaints: number;
  softTaints: number;
  cordoned: number;
}

/**
 * The nodes and what is on them, in aggregates that each change keeps up to date. A cycle is one synchronous call, so it
 * reads the cache itself: no snapshot is copied, and there are no generations that could collide.
 */
export interface Cache extends ClusterView {
  setNode(node: Frozen<Node>): NodeInfo;
  /** The node's pods stay known until they are seen gone. */
  removeNode(name: string): NodeInfo | undefined;
  /** A pod that the API shows on a node; confirms an assumed one. Returns what was known of it before. */
  setPod(info: PodInfo, node: string): PlacedPod | undefined;
  removePod(uid: string): PlacedPod | undefined;
  pod(uid: string): PlacedPod | undefined;
  pods(): Iterable<PlacedPod>;
  /**
   * Counts a pod to the node it was given, ahead of the API. It counts until the API shows it there, shows it gone, or
   * `forget`: never until a time is over, for a pod that is bound but seen late would then let the node overflow.
   */
  assume(info: PodInfo, node: string): void;
  /** Takes back an assumption; a pod that the API has confirmed stays. */
  forget(uid: string): PlacedPod | undefined;
  /** Runs `body` as if these pods were on the node, or were not; afterwards all is as before. */
  supposing<Result>(change: Supposition, body: () => Result): Result;
}

/** A change to one node that is only thought through. */
export interface Supposition {
  readonly node: NodeInfo;
  readonly without?: readonly PodInfo[];
  readonly including?: readonly PodInfo[];
  /** Only what the node itself counts is looked at, not who is where. Default false. */
  readonly isNodeOnly?: boolean;
}

/** Makes an empty cache. */
export function createCache(): Cache {
  const nodes = new Map<string, NodeInfo>();
  const pods = new Map<string, PlacedPod>();
  const podIndex = createPodIndex(nodes);
  const terms = createTermIndex(nodes);
  const images = createImageIndex();
  const domains = new Map<string, Domains>();
  const marked: NodeMarks = { hardTaints: 0, softTaints: 0, cordoned: 0 };
  let order: NodeInfo[] | undefined;

  function infoOf(name: string): NodeInfo {
    return getOrMake(nodes, name, () => unknownNode(name));
  }

  function ordered(): readonly NodeInfo[] {
    order ??= nodeOrder(nodes.values());
    return order;
  }

  function count(pod: PodInfo, name: string) {
    addPod(infoOf(name), pod);
    podIndex.podAdded(pod, name);
    terms.podAdded(pod, name);
  }

  function discount(pod: PodInfo, name: string) {
    const info = nodes.get(name);
    if (!info?.pods.has(pod.uid)) return;
    removePod(info, pod);
    podIndex.podRemoved(pod, name);
    terms.podRemoved(pod, name);
    if (info.node === undefined && info.pods.size === 0) nodes.delete(name);
  }

  function place(pod: PlacedPod) {
    const known = pods.get(pod.info.uid);
    if (known) discount(known.info, known.node);
    pods.set(pod.info.uid, pod);
    count(pod.info, pod.node);
    return known;
  }

  function displace(uid: string) {
    const known = pods.get(uid);
    if (!known) return undefined;
    pods.delete(uid);
    discount(known.info, known.node);
    return known;
  }

  /** Changes what is known of a node, and all that is derived from its labels and images. */
  function change(info: NodeInfo, node: Frozen<Node> | undefined) {
    const { labels, images: held, zone, node: before } = info;
    mark(marked, info, -1);
    setNode(info, node);
    mark(marked, info, 1);
    images.changed(held, info.images);
    const cameOrWent = before === undefined || node === undefined;
    const relabelled = !sameLabels(labels, info.labels);
    if (cameOrWent || zone !== info.zone) order = undefined;
    if (cameOrWent || relabelled) domains.clear();
    if (relabelled) {
      podIndex.nodesChanged();
      terms.nodesChanged();
    }
  }

  return {
    podIndex,
    terms,
    images,
    marked,
    nodes: ordered,
    domains: (label) => getOrMake(domains, label, () => domainsOf(ordered(), label)),
    node: (name) => nodes.get(name),
    setNode(node) {
      const info = infoOf(node.metadata.name);
      change(info, node);
      return info;
    },
    removeNode(name) {
      const info = nodes.get(name);
      if (!info) return undefined;
      change(info, undefined);
      if (info.pods.size === 0) nodes.delete(name);
      return info;
    },
    setPod: (info, node) => place({ info, node, assumed: false }),
    removePod: displace,
    pod: (uid) => pods.get(uid),
    pods: () => pods.values(),
    assume: (info, node) => void place({ info, node, assumed: true }),
    forget: (uid) => (pods.get(uid)?.assumed ? displace(uid) : undefined),
    supposing({ node, without = [], including = [], isNodeOnly = false }, body) {
      const add = isNodeOnly ? addPod : (_info: NodeInfo, pod: PodInfo) => count(pod, node.name);
      const remove = isNodeOnly ? removePod : (_info: NodeInfo, pod: PodInfo) => discount(pod, node.name);
      for (const pod of without) remove(node, pod);
      for (const pod of including) add(node, pod);
      try {
        return body();
      } finally {
        for (const pod of including) remove(node, pod);
        for (const pod of without) add(node, pod);
      }
    },
  };
}

function mark(marks: NodeMarks, { hardTaints, softTaints, node }: NodeInfo, by: 1 | -1): void {
  if (hardTaints.length > 0) marks.hardTaints += by;
  if (softTaints.length > 0) marks.softTaints += by;
  if (node?.spec?.unschedulable) marks.cordoned += by;
}

function domainsOf(nodes: readonly NodeInfo[], label: string): Domains {
  const values = new Set<string>();
  let onAll = true;
  for (const { labels } of nodes) {
    const value = ownValue(labels, label);
    if (value === undefined) onAll = false;
    else values.add(value);
  }
  return { values, onAll };
}

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
