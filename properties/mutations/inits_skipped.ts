import type * as subject from "../../actors/kubelet/pod/pod_record.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A pod's containers begin while its init containers still work. */
export const initsSkipped: MutationOf<typeof subject> = {
  name: "initsSkipped",
  patch: {
    module: "actors/kubelet/pod/pod_record.ts",
    name: "isInitialized",
    wrap: () => () => true,
  },
  found: {
    properties: ["init containers end before others begin"],
    campaignSeed: 1000,
    runsMax: 20,
    runsMean: 3,
  },
};
