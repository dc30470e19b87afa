import type * as subject from "../../actors/kubelet/container/stop_container.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A container that is stopped has no time to end. */
export const graceCut: MutationOf<typeof subject> = {
  name: "graceCut",
  patch: {
    module: "actors/kubelet/container/stop_container.ts",
    name: "graceOf",
    wrap: () => () => ({ graceMs: 1, signalledMs: 1 }),
  },
  found: {
    properties: ["containers get their grace, and no more"],
    campaignSeed: 21,
    runsMax: 40,
    runsMean: 8,
  },
};
