import type * as subject from "../../actors/kubelet/pod/resize.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What containers are to have they never get while they run. */
export const resizesIgnored: MutationOf<typeof subject> = {
  name: "resizesIgnored",
  patch: {
    module: "actors/kubelet/pod/resize.ts",
    name: "tendResizes",
    wrap: () => () => undefined,
  },
  found: {
    suite: "kubelet",
    properties: ["containers have what they are to have"],
    campaignSeed: 3133,
    runsMax: 300,
    runsMean: 40,
  },
};
