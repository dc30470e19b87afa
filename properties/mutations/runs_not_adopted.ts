import type * as subject from "../../actors/kubelet/pod/recovery.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A kubelet that was started anew makes the containers of its pods beside those that run. */
export const runsNotAdopted: MutationOf<typeof subject> = {
  name: "runsNotAdopted",
  patch: {
    module: "actors/kubelet/pod/recovery.ts",
    name: "adoptPod",
    wrap: () => (data, pod) => {
      for (const [id, { pod: of }] of data.found.sandboxes) if (of.uid === pod.uid) data.found.sandboxes.delete(id);
      return false;
    },
  },
  found: {
    properties: ["no container runs without its pod", "no container runs twice"],
    campaignSeed: 1011,
    runsMax: 50,
    runsMean: 8,
  },
};
