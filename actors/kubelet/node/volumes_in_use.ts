import type { Step } from "../../../runtime/mod.ts";
import { node as nodeKind } from "../../api/kinds/node.ts";
import { claimNamesOf } from "../../api/pod_claims.ts";
import { jsonEqual, type Node } from "../../api/types.ts";
import type { KubeletData } from "../data.ts";
import { noteNode } from "./node_view.ts";

/** Goes on with whether the node says what is used there. */
type Then = (isSaid: boolean, step: Step) => void;

/**
 * The volumes that pods of this node use, in order of their names. What is said already stays said while it is not known
 * of a pod what it uses: an earlier life of this kubelet may have started it.
 */
function usedOn({ pods, node }: KubeletData): readonly string[] {
  const names = new Set<string>();
  let isUnknown = false;
  for (const { volumes, areVolumesGone, pod } of pods.values()) {
    for (const name of volumes?.used ?? []) names.add(name);
    isUnknown ||= !areVolumesGone && volumes?.used === undefined && claimNamesOf(pod).length > 0;
  }
  if (isUnknown) for (const name of node.known?.status.volumesInUse ?? []) names.add(name);
  return [...names].sort();
}

/**
 * Has the node's status say which volumes are used here, unless it does: they are not taken away from the node as long
 * as it says so, but from one that is not heard of any more.
 */
export function sayVolumesInUse(data: KubeletData, step: Step, then: Then = () => {}): void {
  const { node, client, input } = data;
  // One write at a time: an older list must not come after a newer one.
  if (node.volumesReport) {
    node.volumesReport.push((_isSaid, later) => sayVolumesInUse(data, later, then));
    return;
  }
  const used = usedOn(data);
  if (jsonEqual(node.known?.status.volumesInUse ?? [], used)) {
    then(true, step);
    return;
  }
  const waiting: Then[] = [];
  node.volumesReport = waiting;
  const patch = { status: { volumesInUse: used.length === 0 ? null : used } };
  const write = { kind: nodeKind, name: input.node, subresource: "status", patch } as const;
  client.patch<Node>(step, write, (outcome, later) => {
    node.volumesReport = undefined;
    if (outcome.ok) noteNode(data, outcome.value);
    then(outcome.ok, later);
    for (const next of waiting) next(outcome.ok, later);
  });
}
