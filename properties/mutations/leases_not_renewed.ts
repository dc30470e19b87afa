import type * as subject from "../../actors/kubelet/node/node_agent.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A kubelet renews its lease no more once it has done so. */
export const leasesNotRenewed: MutationOf<typeof subject> = {
  name: "leasesNotRenewed",
  patch: {
    module: "actors/kubelet/node/node_agent.ts",
    name: "renewLease",
    wrap: (sound) => (data, step) => {
      if (step.uptimeMs < 5_000) sound(data, step);
    },
  },
  found: {
    properties: ["nodes that are heard of are not held for lost"],
    campaignSeed: 1024,
    runsMax: 150,
    runsMean: 25,
  },
};
