import { podRequests } from "../api/pod.ts";
import { millisOf, unitsOf } from "../api/quantity.ts";
import type { Frozen, NodeSelectorRequirement, NodeSelectorTerm, Pod } from "../api/types.ts";
import type { KubeletData } from "./data.ts";
import { nodeLabels } from "./node_object.ts";

/** Why a pod is turned away. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/** Whether the node can take a pod: it is what the pod asks for, and has room beside the pods that are here. */
export function admit(data: KubeletData, pod: Frozen<Pod>): Rejection | undefined {
  const failure = affinityFailure(data, pod) ?? shortage(data, pod);
  return failure && { ...failure, message: `Pod was rejected: ${failure.message}` };
}

function affinityFailure(data: KubeletData, { spec }: Frozen<Pod>): Rejection | undefined {
  const labels = nodeLabels(data.input);
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const selects = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  const terms = required?.nodeSelectorTerms;
  const isMeant = selects && (!terms || terms.some((term) => matchesTerm(term, { labels, node: data.input.node })));
  if (isMeant) return undefined;
  const message = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector";
  return { reason: "NodeAffinity", message };
}

interface Place {
  readonly labels: Readonly<Record<string, string>>;
  readonly node: string;
}

function matchesTerm({ matchExpressions = [], matchFields = [] }: Frozen<NodeSelectorTerm>, place: Place): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((each) => matches(each, place.labels[each.key])) &&
    matchFields.every((each) => matches(each, each.key === "metadata.name" ? place.node : undefined))
  );
}

function matches({ operator, values = [] }: Frozen<NodeSelectorRequirement>, actual: string | undefined): boolean {
  const [limit = ""] = values;
  switch (operator) {
    case "In":
      return actual !== undefined && values.includes(actual);
    case "NotIn":
      return actual === undefined || !values.includes(actual);
    case "Exists":
      return actual !== undefined;
    case "DoesNotExist":
      return actual === undefined;
    case "Gt":
      return actual !== undefined && Number(actual) > Number(limit);
    case "Lt":
      return actual !== undefined && Number(actual) < Number(limit);
    default:
      return false;
  }
}

/** The first resource that there is not enough of. */
function shortage(data: KubeletData, pod: Frozen<Pod>): Rejection | undefined {
  const wanted = podRequests(pod.spec);
  const active = [...data.pods.values()].filter((each) => each.pod !== pod && takesRoom(each.phase));
  const podsMax = unitsOf(data.allocatable.pods);
  if (active.length + 1 > podsMax) return lacks("pods", { requested: 1, used: active.length, capacity: podsMax });
  for (const [resource, requested] of wanted) {
    if (requested === 0) continue;
    let used = 0;
    for (const { pod: other } of active) used += podRequests(other.spec).get(resource) ?? 0;
    const has = data.allocatable[resource];
    const capacity = resource === "cpu" ? millisOf(has) : unitsOf(has);
    if (used + requested > capacity) return lacks(resource, { requested, used, capacity });
  }
  return undefined;
}

function takesRoom(phase: string): boolean {
  return phase !== "finished" && phase !== "removing" && phase !== "gone" && phase !== "admitting";
}

function lacks(resource: string, amounts: { requested: number; used: number; capacity: number }): Rejection {
  const { requested, used, capacity } = amounts;
  const message = `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason: `OutOf${resource}`, message };
}
