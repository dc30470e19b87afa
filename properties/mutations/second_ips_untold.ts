import type * as subject from "../../actors/kubelet/pod/pod_status.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A pod tells of the first of its addresses alone. */
export const secondIpsUntold: MutationOf<typeof subject> = {
  name: "secondIpsUntold",
  patch: {
    module: "actors/kubelet/pod/pod_status.ts",
    name: "podStatus",
    wrap: (sound) => (data, pod, step) => {
      const { podIPs, ...status } = sound(data, pod, step);
      return podIPs === undefined ? status : { ...status, podIPs: podIPs.slice(0, 1) };
    },
  },
  found: {
    properties: ["addresses are of their family", "pods tell the address that they have"],
    campaignSeed: 1092,
    runsMax: 60,
    runsMean: 5,
  },
};
