import type { DaemonSet } from "../../../api/kinds/daemon_set.ts";
import { fitsNodeAffinity } from "../../../api/node_selector.ts";
import { tolerates } from "../../../api/toleration.ts";
import type { Affinity, Frozen, Node, Pod, PodSpec, Toleration } from "../../../api/types.ts";

/** What a DaemonSet wants of a node. */
export interface Placement {
  /** A pod is to be made there, if there is none. */
  readonly shouldRun: boolean;
  /** A pod that is there already may stay. */
  readonly mayStay: boolean;
}

const evicts = "NoExecute";
const repels = "NoSchedule";

/** What every daemon bears beside what its template says, and, on the host's network, that the node has none yet. */
const daemonTolerations: readonly Toleration[] = [
  { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: evicts },
  { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: evicts },
  { key: "node.kubernetes.io/disk-pressure", operator: "Exists", effect: repels },
  { key: "node.kubernetes.io/memory-pressure", operator: "Exists", effect: repels },
  { key: "node.kubernetes.io/pid-pressure", operator: "Exists", effect: repels },
  { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: repels },
];
const hostNetworkToleration: Toleration = {
  key: "node.kubernetes.io/network-unavailable",
  operator: "Exists",
  effect: repels,
};

/** The tolerations of a daemon: its template's, and those that each daemon has. */
export function tolerationsOf({ tolerations = [], hostNetwork }: Frozen<PodSpec>): Toleration[] {
  const added = hostNetwork ? [...daemonTolerations, hostNetworkToleration] : daemonTolerations;
  const kept = tolerations.filter((each) => !added.some((other) => isSame(each, other)));
  return [...(kept as readonly Toleration[]), ...added];
}

function isSame(a: Frozen<Toleration>, b: Toleration): boolean {
  return a.key === b.key && a.effect === b.effect && a.operator === b.operator && (a.value ?? "") === (b.value ?? "");
}

/** Tells for each node what a DaemonSet wants of it. */
export function placementFor(set: Frozen<DaemonSet>): (node: Frozen<Node>) => Placement {
  const spec = (set.spec.template.spec ?? { containers: [] }) as Frozen<PodSpec>;
  const tolerations = tolerationsOf(spec);
  const asked = { spec } as Frozen<Pod>;
  return ({ metadata, spec: { taints = [] } }) => {
    const isNamed = !spec.nodeName || spec.nodeName === metadata.name;
    const fits = isNamed && fitsNodeAffinity(asked, { name: metadata.name, labels: metadata.labels ?? {} });
    if (!fits) return { shouldRun: false, mayStay: false };
    const borne = (effects: readonly string[]) =>
      taints.every((taint) => !effects.includes(taint.effect) || tolerates(tolerations, taint));
    return { shouldRun: borne([evicts, repels]), mayStay: borne([evicts]) };
  };
}

/** The template's affinity, but for the nodes: the scheduler may bind the pod to this one only. */
export function affinityTo(name: string, affinity: Frozen<Affinity> | undefined): Affinity {
  const term = { matchFields: [{ key: "metadata.name", operator: "In", values: [name] }] };
  const { nodeAffinity, ...rest } = (affinity ?? {}) as Affinity;
  const requiredDuringSchedulingIgnoredDuringExecution = { nodeSelectorTerms: [term] };
  return { ...rest, nodeAffinity: { ...nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution } };
}

/** The node that a daemon is on, or is meant for. */
export function targetNode({ spec }: Frozen<Pod>): string | undefined {
  if (spec.nodeName) return spec.nodeName;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const { matchFields = [] } of required?.nodeSelectorTerms ?? []) {
    const named = matchFields.find(({ key, operator }) => key === "metadata.name" && operator === "In");
    if (named?.values?.length === 1) return named.values[0];
  }
  return undefined;
}
