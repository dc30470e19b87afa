import type * as subject from "../../actors/kubelet/container/stop_container.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What is stopping already has as much time as before, whatever its pod is given now. */
export const hastensNothing: MutationOf<typeof subject> = {
  name: "hastensNothing",
  patch: {
    module: "actors/kubelet/container/stop_container.ts",
    name: "hastenStop",
    wrap: () => () => undefined,
  },
  found: {
    suite: "kubelet",
    properties: ["who is given less time ends sooner", "what is to end ends in time"],
    campaignSeed: 3112,
    runsMax: 300,
    runsMean: 30,
  },
};
