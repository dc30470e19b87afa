import {
  fitsNodeAffinity,
  hasRequiredNodeAffinity,
  matchesNodeTerm,
  nodeAffinityMismatch,
  requiredNodeNames,
} from "../../api/node_selector.ts";
import type { Frozen, NodeSelectorTerm } from "../../api/types.ts";
import type { PluginArguments } from "../configuration/arguments.ts";
import { type Plugin, plugin, scaleToMax, skip, unresolvable } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodInfo } from "../pod_info.ts";

const mismatch = unresolvable(nodeAffinityMismatch);
const notEnforced = unresolvable("node(s) didn't match scheduler-enforced node affinity");

interface Preference {
  readonly weight: number;
  readonly preference: Frozen<NodeSelectorTerm>;
}

type Added = NonNullable<PluginArguments["NodeAffinity"]["addedAffinity"]>;

/** Takes nodes that match the pod's node selector and required node affinity; prefers those its preferences match. */
export const nodeAffinity = configured({});

/** What is added is asked of every pod of the profile, beside what the pod asks for itself. */
function configured({ addedAffinity = {} }: PluginArguments["NodeAffinity"]): Plugin {
  const enforced = addedAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  const favoured = addedAffinity.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return plugin<undefined, readonly Preference[]>({
    name: "NodeAffinity",
    order: 50,
    weight: 2,
    events: [
      { on: "node.add", helps: mayPass },
      { on: "node.labels", helps: mayPass },
    ],
    configured,
    preFilter(pod) {
      if (!hasRequiredNodeAffinity(pod.pod)) return enforced ? { state: undefined } : skip;
      const nodes = requiredNodeNames(pod.pod);
      if (nodes?.size === 0) return { rejection: unresolvable("pod affinity terms conflict") };
      return nodes ? { state: undefined, nodes } : { state: undefined };
    },
    filter({ pod }, node) {
      if (enforced && !matchesAny(node, enforced)) return notEnforced;
      return fitsNodeAffinity(pod, node) ? undefined : mismatch;
    },
    preScore({ pod }) {
      const own = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
      const state = favoured.length === 0 ? own : [...favoured, ...own];
      return state.length > 0 ? { state } : skip;
    },
    score: (_pod, node, preferences) =>
      preferences.reduce(
        (sum, { weight, preference }) =>
          isEmpty(preference) || !matchesNodeTerm(node, preference) ? sum : sum + weight,
        0,
      ),
    normalize: (scores) => scaleToMax(scores, false),
  });
}

function matchesAny(
  node: NodeInfo,
  { nodeSelectorTerms }: NonNullable<Added["requiredDuringSchedulingIgnoredDuringExecution"]>,
): boolean {
  return nodeSelectorTerms.some((term) => matchesNodeTerm(node, term));
}

function isEmpty({ matchExpressions, matchFields }: Frozen<NodeSelectorTerm>): boolean {
  return !matchExpressions?.length && !matchFields?.length;
}

function mayPass({ pod }: PodInfo, { node }: { readonly node?: NodeInfo }): boolean {
  return node !== undefined && fitsNodeAffinity(pod, node);
}
