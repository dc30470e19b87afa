import type * as subject from "../../actors/controllers/loops/deployment/sizing.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who recreates makes the new pods while the old ones still run. */
export const recreatesAtOnce: MutationOf<typeof subject> = {
  name: "recreatesAtOnce",
  patch: {
    module: "actors/controllers/loops/deployment/sizing.ts",
    name: "decideSizes",
    wrap: (sound) => (situation) => sound({ ...situation, oldPodsRun: () => false }),
  },
  found: {
    suite: "controllers",
    properties: ["a recreation waits for the old to go"],
    campaignSeed: 8102,
    runsMax: 200,
    runsMean: 18,
  },
};
