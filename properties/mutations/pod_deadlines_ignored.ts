import type * as subject from "../../actors/kubelet/pod/pod_lifecycle.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Pods are active for as long as they like. */
export const podDeadlinesIgnored: MutationOf<typeof subject> = {
  name: "podDeadlinesIgnored",
  patch: {
    module: "actors/kubelet/pod/pod_lifecycle.ts",
    name: "watchActiveDeadline",
    wrap: () => () => undefined,
  },
  found: {
    suite: "kubelet",
    properties: ["what is to end ends in time"],
    campaignSeed: 3026,
    runsMax: 150,
    runsMean: 15,
  },
};
