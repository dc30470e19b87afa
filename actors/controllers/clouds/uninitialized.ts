import type { Frozen, Node } from "../../api/types.ts";

/** The taint that a kubelet registers its node with where a provider is still to say what it is. */
export const uninitializedTaint = "node.cloudprovider.kubernetes.io/uninitialized";

/** Whether no provider has said yet what a node is. */
export function isUninitialized({ spec }: Frozen<Node>): boolean {
  return spec.taints?.some(({ key }) => key === uninitializedTaint) === true;
}
