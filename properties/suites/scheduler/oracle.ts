import type { Frozen, Node, Pod } from "../../../actors/api/types.ts";
import { type Asks, asksOf, fitsBeside } from "./resources.ts";

/** The nodes and pods of a moment. */
export interface Scene {
  readonly nodes: readonly Frozen<Node>[];
  /** Those that have a node and have not ended; some may be about to go. */
  readonly placed: readonly Frozen<Pod>[];
}

type Expression = { readonly key: string; readonly operator: string; readonly values?: readonly string[] | undefined };
type Labels = Readonly<Record<string, string>>;
interface LabelSelector {
  readonly matchLabels?: Labels | undefined;
  readonly matchExpressions?: readonly Expression[] | undefined;
}
interface Term {
  readonly topologyKey: string;
  readonly labelSelector?: LabelSelector | undefined;
  readonly namespaces?: readonly string[] | undefined;
}

/**
 * Why a pod may not be put on a node, as Kubernetes' documents have it, worked out the long way round: nothing of the
 * scheduler's own is asked. Undefined when it may.
 */
export function whyNot(pod: Frozen<Pod>, node: Frozen<Node>, scene: Scene): string | undefined {
  const here = scene.placed.filter((each) => each.spec.nodeName === node.metadata.name && each !== pod);
  return (
    (isClosed(pod, node) ? "it is cordoned" : undefined) ??
    intolerable(pod, node) ??
    (isWanted(pod, node) ? undefined : "it is not a node that the pod asks for") ??
    takenPort(pod, here) ??
    fitsBeside(asksOf(pod), node, here.map(asksOf) satisfies Asks[]) ??
    whyNotNear(pod, node, scene) ??
    skewed(pod, node, scene)
  );
}

/** All nodes that would do. */
export function nodesFor(pod: Frozen<Pod>, scene: Scene): readonly Frozen<Node>[] {
  return scene.nodes.filter((node) => whyNot(pod, node, scene) === undefined);
}

interface Taint {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: string;
}

function isClosed(pod: Frozen<Pod>, { spec }: Frozen<Node>): boolean {
  return spec.unschedulable === true && !bears(pod, { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" });
}

function intolerable(pod: Frozen<Pod>, { spec }: Frozen<Node>): string | undefined {
  const found = (spec.taints ?? []).find((each) => each.effect !== "PreferNoSchedule" && !bears(pod, each));
  return found && `it has the taint ${found.key}`;
}

function bears({ spec }: Frozen<Pod>, { key, value = "", effect }: Taint): boolean {
  return (spec.tolerations ?? []).some((each) => {
    if (each.effect && each.effect !== effect) return false;
    if (each.key && each.key !== key) return false;
    return each.operator === "Exists" || (each.key !== undefined && (each.value ?? "") === value);
  });
}

function isWanted({ spec }: Frozen<Pod>, { metadata }: Frozen<Node>): boolean {
  const labels = metadata.labels ?? {};
  if (Object.entries(spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value)) return false;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (!terms) return true;
  return terms.some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length + matchFields.length === 0) return false;
    const fields = { "metadata.name": metadata.name };
    return matchExpressions.every((each) => holds(each, labels)) && matchFields.every((each) => holds(each, fields));
  });
}

function holds({ key, operator, values = [] }: Expression, labels: Labels): boolean {
  const value = labels[key];
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
      return value !== undefined && Number(value) > Number(values[0]);
    default:
      return value !== undefined && Number(value) < Number(values[0]);
  }
}

function takenPort(pod: Frozen<Pod>, here: readonly Frozen<Pod>[]): string | undefined {
  const mine = portsOf(pod);
  const taker = here.find((each) => portsOf(each).some((port) => mine.some((own) => meet(own, port))));
  return taker && `${taker.metadata.name} has its port there`;
}

interface Port {
  readonly hostPort: number;
  readonly protocol: string;
  readonly hostIP: string;
}

function meet(one: Port, other: Port): boolean {
  if (one.hostPort !== other.hostPort || one.protocol !== other.protocol) return false;
  return one.hostIP === other.hostIP || one.hostIP === "0.0.0.0" || other.hostIP === "0.0.0.0";
}

function portsOf({ spec }: Frozen<Pod>): readonly Port[] {
  return spec.containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort = 0, protocol = "TCP", hostIP = "" }) =>
      hostPort > 0 ? [{ hostPort, protocol, hostIP: hostIP || "0.0.0.0" }] : [],
    ),
  );
}

function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((each) => holds(each, labels))
  );
}

/** Whether a term of one pod speaks of another. */
function speaksOf(term: Term, { of, other }: { readonly of: Frozen<Pod>; readonly other: Frozen<Pod> }): boolean {
  const namespaces = term.namespaces?.length ? term.namespaces : [of.metadata.namespace ?? ""];
  if (!namespaces.includes(other.metadata.namespace ?? "")) return false;
  return term.labelSelector !== undefined && selects(term.labelSelector, other.metadata.labels ?? {});
}

function whyNotNear(pod: Frozen<Pod>, node: Frozen<Node>, { nodes, placed }: Scene): string | undefined {
  const others = placed.filter((each) => each !== pod);
  const valueAt = ({ spec }: Frozen<Pod>, key: string) =>
    nodes.find(({ metadata }) => metadata.name === spec.nodeName)?.metadata.labels?.[key];
  const isNear = (other: Frozen<Pod>, key: string) => {
    const value = node.metadata.labels?.[key];
    return value !== undefined && valueAt(other, key) === value;
  };
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  for (const term of podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
    const foe = others.find((other) => speaksOf(term, { of: pod, other }) && isNear(other, term.topologyKey));
    if (foe) return `${foe.metadata.name} is near, which it avoids`;
  }
  for (const other of others) {
    const terms = other.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const isAvoided = terms.some(
      (term) => speaksOf(term, { of: other, other: pod }) && isNear(other, term.topologyKey),
    );
    if (isAvoided) return `${other.metadata.name} is near, which avoids it`;
  }
  const terms = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  if (terms.length === 0) return undefined;
  const friends = others.filter((other) => terms.every((term) => speaksOf(term, { of: pod, other })));
  if (terms.some(({ topologyKey }) => node.metadata.labels?.[topologyKey] === undefined)) return "it lacks a label";
  const isFirst =
    terms.every(({ topologyKey }) => friends.every((each) => valueAt(each, topologyKey) === undefined)) &&
    terms.every((term) => speaksOf(term, { of: pod, other: pod }));
  const isMet = terms.every(({ topologyKey }) => friends.some((each) => isNear(each, topologyKey)));
  return isFirst || isMet ? undefined : "nobody is near whom it has to be with";
}

/** By its hard constraints: nodes that it could not be on for its selectors are no places to spread over. */
function skewed(pod: Frozen<Pod>, node: Frozen<Node>, { nodes, placed }: Scene): string | undefined {
  const hard = (pod.spec.topologySpreadConstraints ?? []).filter((each) => each.whenUnsatisfiable === "DoNotSchedule");
  const places = nodes.filter(({ metadata }) =>
    hard.every(({ topologyKey }) => metadata.labels?.[topologyKey] !== undefined),
  );
  for (const { topologyKey, maxSkew, minDomains = 1, labelSelector, ...policies } of hard) {
    const value = node.metadata.labels?.[topologyKey];
    if (value === undefined) return `it has no ${topologyKey}`;
    const counts = new Map<string, number>();
    for (const place of places) {
      if (policies.nodeAffinityPolicy !== "Ignore" && !isWanted(pod, place)) continue;
      if (policies.nodeTaintsPolicy === "Honor" && intolerable(pod, place)) continue;
      const domain = place.metadata.labels?.[topologyKey] ?? "";
      const there = placed.filter(
        (each) =>
          each !== pod &&
          each.spec.nodeName === place.metadata.name &&
          each.metadata.namespace === pod.metadata.namespace &&
          each.metadata.deletionTimestamp === undefined &&
          labelSelector !== undefined &&
          selects(labelSelector, each.metadata.labels ?? {}),
      );
      counts.set(domain, (counts.get(domain) ?? 0) + there.length);
    }
    const least = counts.size < minDomains || counts.size === 0 ? 0 : Math.min(...counts.values());
    const self = labelSelector !== undefined && selects(labelSelector, pod.metadata.labels ?? {}) ? 1 : 0;
    const skew = (counts.get(value) ?? 0) + self - least;
    if (skew > maxSkew) return `it would make a skew of ${skew} over ${topologyKey}`;
  }
  return undefined;
}
