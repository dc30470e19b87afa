import { compareInt64 } from "./int64.ts";
import { type Frozen, type NodeSelectorRequirement, type NodeSelectorTerm, ownValue, type Pod } from "./types.ts";

/** What node selectors look at: the node's labels, and its name. */
export interface SelectableNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Why a pod may not run on a node whose labels or name it does not ask for. */
export const nodeAffinityMismatch = "node(s) didn't match Pod's node affinity/selector";

/** Whether a node matches a term: all of its expressions and fields; a term without any matches none. */
export function matchesNodeTerm(node: SelectableNode, term: Frozen<NodeSelectorTerm>): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => matches(requirement, ownValue(node.labels, requirement.key))) &&
    matchFields.every((requirement) =>
      matches(requirement, requirement.key === "metadata.name" ? node.name : undefined),
    )
  );
}

function matches({ operator, values = [] }: Frozen<NodeSelectorRequirement>, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return compareInt64(value ?? "", values[0] ?? "") === 1;
    case "Lt":
      return compareInt64(value ?? "", values[0] ?? "") === -1;
    default:
      return false;
  }
}

/** Whether a pod asks for certain nodes at all. */
export function hasRequiredNodeAffinity({ spec }: Frozen<Pod>): boolean {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required !== undefined || (spec.nodeSelector !== undefined && Object.keys(spec.nodeSelector).length > 0);
}

/** Whether a node matches the pod's node selector and one of its required terms. */
export function fitsNodeAffinity({ spec }: Frozen<Pod>, node: SelectableNode): boolean {
  for (const key in spec.nodeSelector) if (ownValue(node.labels, key) !== spec.nodeSelector[key]) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesNodeTerm(node, term));
}

/** The only nodes that can match, when every required term names its nodes; so a DaemonSet's pod tries one node. */
export function requiredNodeNames({ spec }: Frozen<Pod>): ReadonlySet<string> | undefined {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined || required.nodeSelectorTerms.length === 0) return undefined;
  const names = new Set<string>();
  for (const { matchFields = [] } of required.nodeSelectorTerms) {
    const lists = matchFields.filter(({ key, operator }) => key === "metadata.name" && operator === "In");
    const [first, ...rest] = lists.map(({ values = [] }) => values);
    if (first === undefined) return undefined;
    for (const name of first) if (rest.every((values) => values.includes(name))) names.add(name);
  }
  return names;
}
