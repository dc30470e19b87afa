import type * as subject from "../../actors/kubelet/container/restart_policy.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A container that ends again and again is started again at once, each time. */
export const restartsAtOnce: MutationOf<typeof subject> = {
  name: "restartsAtOnce",
  patch: {
    module: "actors/kubelet/container/restart_policy.ts",
    name: "restartDelayMs",
    wrap: (sound) => (container, uptimeMs) => {
      sound(container, uptimeMs);
      container.restartDelayMs = 0;
      return 0;
    },
  },
  found: {
    properties: ["restarts are counted, and slower each time"],
    campaignSeed: 1065,
    runsMax: 490,
    runsMean: 81,
  },
};
