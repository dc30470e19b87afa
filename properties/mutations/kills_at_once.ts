import type * as stopContainer from "../../actors/kubelet/container/stop_container.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A kubelet kills containers without a grace period, and without their preStop hook. */
export const killsAtOnce: MutationOf<typeof stopContainer> = {
  name: "killsAtOnce",
  patch: {
    module: "actors/kubelet/container/stop_container.ts",
    name: "graceOf",
    wrap: () => () => ({ graceMs: 0, signalledMs: 0 }),
  },
  found: {
    traffic: "always",
    withoutFaults: true,
    properties: ["rolling updates lose no request"],
    campaignSeed: 400,
    runsMax: 20,
    runsMean: 2,
  },
};
