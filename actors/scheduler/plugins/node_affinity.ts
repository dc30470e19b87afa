import {
  fitsNodeAffinity,
  hasRequiredNodeAffinity,
  matchesNodeTerm,
  nodeAffinityMismatch,
  requiredNodeNames,
} from "../../api/node_selector.ts";
import type { Frozen, NodeSelectorTerm } from "../../api/types.ts";
import { plugin, scaleToMax, skip, unresolvable } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodInfo } from "../pod_info.ts";

const mismatch = unresolvable(nodeAffinityMismatch);

interface Preference {
  readonly weight: number;
  readonly preference: Frozen<NodeSelectorTerm>;
}

/** Takes nodes that match the pod's node selector and required node affinity; prefers those its preferences match. */
export const nodeAffinity = plugin<undefined, readonly Preference[]>({
  name: "NodeAffinity",
  order: 50,
  weight: 2,
  events: [
    { on: "node.add", helps: mayPass },
    { on: "node.labels", helps: mayPass },
  ],
  preFilter(pod) {
    if (!hasRequiredNodeAffinity(pod.pod)) return skip;
    const nodes = requiredNodeNames(pod.pod);
    if (nodes?.size === 0) return { rejection: unresolvable("pod affinity terms conflict") };
    return nodes ? { state: undefined, nodes } : { state: undefined };
  },
  filter: ({ pod }, node) => (fitsNodeAffinity(pod, node) ? undefined : mismatch),
  preScore({ pod }) {
    const preferences = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
    return preferences?.length ? { state: preferences } : skip;
  },
  score: (_pod, node, preferences) =>
    preferences.reduce(
      (sum, { weight, preference }) => (isEmpty(preference) || !matchesNodeTerm(node, preference) ? sum : sum + weight),
      0,
    ),
  normalize: (scores) => scaleToMax(scores, false),
});

function isEmpty({ matchExpressions, matchFields }: Frozen<NodeSelectorTerm>): boolean {
  return !matchExpressions?.length && !matchFields?.length;
}

function mayPass({ pod }: PodInfo, { node }: { readonly node?: NodeInfo }): boolean {
  return node !== undefined && fitsNodeAffinity(pod, node);
}
