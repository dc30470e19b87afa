import { nodeLabels } from "../../actors/kubelet/node/node_object.ts";
import type * as nodeView from "../../actors/kubelet/node/node_view.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Kubelets judge pods by the labels that the node was registered with, not by those that it has. */
export const labelsAsRegistered: MutationOf<typeof nodeView> = {
  name: "labelsAsRegistered",
  patch: {
    module: "actors/kubelet/node/node_view.ts",
    name: "seatFor",
    wrap: (sound) => (data, pod) => {
      const seat = sound(data, pod);
      const metadata = seat && { ...seat.node.metadata, labels: nodeLabels(data.input) };
      return seat && metadata && { ...seat, node: { ...seat.node, metadata } };
    },
  },
  found: { test: "actors/kubelet/node/node_view_test.ts" },
};
