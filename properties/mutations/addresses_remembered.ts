import type * as subject from "../../actors/kubelet/pod/pod_status.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A pod keeps the address that it was told first, wherever it is reached now. */
export const addressesRemembered: MutationOf<typeof subject> = {
  name: "addressesRemembered",
  patch: {
    module: "actors/kubelet/pod/pod_status.ts",
    name: "podStatus",
    wrap: (sound) => (data, pod, step) => {
      const status = sound(data, pod, step);
      const { podIP, podIPs } = pod.pod.status;
      return podIP === undefined ? status : { ...status, podIP, podIPs: (podIPs ?? []) as { ip: string }[] };
    },
  },
  found: {
    properties: ["pods tell the address that they have"],
    campaignSeed: 1012,
    runsMax: 50,
    runsMean: 8,
  },
};
