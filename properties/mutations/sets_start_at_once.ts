import type * as subject from "../../actors/controllers/loops/stateful_set/steps.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** An ordered StatefulSet makes all its pods at once. */
export const setsStartAtOnce: MutationOf<typeof subject> = {
  name: "setsStartAtOnce",
  patch: {
    module: "actors/controllers/loops/stateful_set/steps.ts",
    name: "nextSteps",
    wrap: (sound) => (scene) =>
      sound({ ...scene, set: { ...scene.set, spec: { ...scene.set.spec, podManagementPolicy: "Parallel" } } }),
  },
  found: {
    properties: ["StatefulSets start their pods in order"],
    campaignSeed: 1002,
    runsMax: 30,
    runsMean: 5,
  },
};
