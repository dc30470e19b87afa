import type * as subject from "../../actors/kubelet/container/stop_container.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** No container is told by its hook that it will be stopped. */
export const hooksSkipped: MutationOf<typeof subject> = {
  name: "hooksSkipped",
  patch: {
    module: "actors/kubelet/container/stop_container.ts",
    name: "beginPreStop",
    wrap: () => () => undefined,
  },
  found: {
    suite: "kubelet",
    properties: ["hooks run before the signal"],
    campaignSeed: 3006,
    runsMax: 100,
    runsMean: 10,
  },
};
