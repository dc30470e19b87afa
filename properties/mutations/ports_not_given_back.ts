import type * as subject from "../../actors/scheduler/node_info.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A pod that leaves a node gives back all of its ports but the first. */
export const portsNotGivenBack: MutationOf<typeof subject> = {
  name: "portsNotGivenBack",
  patch: {
    module: "actors/scheduler/node_info.ts",
    name: "removePod",
    wrap: (sound) => (info, pod) => {
      const has = info.pods.has(pod.uid);
      sound(info, pod);
      if (has) info.hostPorts.push(...pod.hostPorts.slice(0, 1));
    },
  },
  found: {
    suite: "scheduler",
    properties: ["pods that fit are bound soon"],
    campaignSeed: 2001,
    runsMax: 150,
    runsMean: 26,
  },
};
