import { tolerates } from "../../api/toleration.ts";
import type { Frozen, Taint, Toleration } from "../../api/types.ts";
import { plugin, scaleToMax, skip, unresolvable } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodInfo } from "../pod_info.ts";

/** Leaves out nodes with a taint that the pod does not tolerate, and prefers those with fewer soft ones. */
export const taintToleration = plugin<undefined, readonly Frozen<Toleration>[]>({
  name: "TaintToleration",
  order: 40,
  weight: 3,
  events: [{ on: "node.add", helps: mayPass }, { on: "node.taints", helps: mayPass }, { on: "pod.tolerations" }],
  preFilter: (_pod, { view }) => (view.marked.hardTaints > 0 ? { state: undefined } : skip),
  filter(pod, node) {
    const taint = untolerated(pod, node);
    return taint && unresolvable(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ""}}`);
  },
  preScore({ tolerations }, _nodes, { view }) {
    if (view.marked.softTaints === 0) return skip;
    return { state: tolerations.filter(({ effect }) => !effect || effect === "PreferNoSchedule") };
  },
  score: (_pod, { softTaints }, tolerations) =>
    softTaints.length === 0 ? 0 : softTaints.filter((taint) => !tolerates(tolerations, taint)).length,
  normalize: (scores) => scaleToMax(scores, true),
});

function untolerated({ tolerations }: PodInfo, { hardTaints }: NodeInfo): Frozen<Taint> | undefined {
  return hardTaints.find((taint) => !tolerates(tolerations, taint));
}

function mayPass(pod: PodInfo, { node }: { readonly node?: NodeInfo }): boolean {
  return node !== undefined && untolerated(pod, node) === undefined;
}
