import { tolerates } from "../../api/toleration.ts";
import { plugin, skip, unresolvable } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodInfo } from "../pod_info.ts";

const cordoned = unresolvable("node(s) were unschedulable");
const taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

/** Leaves out cordoned nodes, unless the pod tolerates that. */
export const nodeUnschedulable = plugin({
  name: "NodeUnschedulable",
  order: 20,
  events: [
    { on: "node.add", helps: mayPass },
    { on: "node.taints", helps: mayPass },
    { on: "pod.tolerations", helps: ({ tolerations }) => tolerates(tolerations, taint) },
  ],
  preFilter: (_pod, { view }) => (view.marked.cordoned > 0 ? { state: undefined } : skip),
  filter: (pod, node) => (passes(pod, node) ? undefined : cordoned),
});

function passes({ tolerations }: PodInfo, { node }: NodeInfo): boolean {
  return !node?.spec?.unschedulable || tolerates(tolerations, taint);
}

function mayPass(pod: PodInfo, { node }: { readonly node?: NodeInfo }): boolean {
  return node !== undefined && passes(pod, node);
}
