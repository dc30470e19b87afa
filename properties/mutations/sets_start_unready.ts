import type * as subject from "../../actors/controllers/loops/stateful_set/identity.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** An ordered StatefulSet goes on when a pod runs, ready or not. */
export const setsStartUnready: MutationOf<typeof subject> = {
  name: "setsStartUnready",
  patch: {
    module: "actors/controllers/loops/stateful_set/identity.ts",
    name: "isRunningAndAvailable",
    wrap: () => (pod) => pod.status.phase === "Running",
  },
  found: {
    properties: ["StatefulSets start their pods in order"],
    campaignSeed: 1002,
    runsMax: 175,
    runsMean: 29,
  },
};
