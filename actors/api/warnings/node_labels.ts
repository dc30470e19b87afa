import type { Frozen, NodeSelectorTerm } from "../types.ts";

const instead = (version: string, label: string): string => `deprecated since v${version}; use "${label}" instead`;

/** Labels of nodes that nobody should select by any more, and why. */
const deprecatedNodeLabels: ReadonlyMap<string, string> = new Map([
  ["beta.kubernetes.io/arch", instead("1.14", "kubernetes.io/arch")],
  ["beta.kubernetes.io/os", instead("1.14", "kubernetes.io/os")],
  ["failure-domain.beta.kubernetes.io/region", instead("1.17", "topology.kubernetes.io/region")],
  ["failure-domain.beta.kubernetes.io/zone", instead("1.17", "topology.kubernetes.io/zone")],
  ["beta.kubernetes.io/instance-type", instead("1.17", "node.kubernetes.io/instance-type")],
  ["app.kubernetes.io/created-by", "deprecated since v1.9"],
  ["scheduler.alpha.kubernetes.io/preferAvoidPods", "deprecated since v1.22; use Taints and Tolerations instead"],
  ["node-role.kubernetes.io/master", 'use "node-role.kubernetes.io/control-plane" instead'],
]);

/** Why a node's label is deprecated; `undefined` if it is not. */
export function deprecatedNodeLabel(key: string): string | undefined {
  return deprecatedNodeLabels.get(key);
}

/** Warnings of deprecated labels in a term of a node selector. */
export function* nodeSelectorTermWarnings(term: Frozen<NodeSelectorTerm>, at: string): Generator<string> {
  for (const [index, { key }] of (term.matchExpressions ?? []).entries()) {
    const why = deprecatedNodeLabel(key);
    if (why !== undefined) yield `${at}.matchExpressions[${index}].key: ${key} is ${why}`;
  }
}
