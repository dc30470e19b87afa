import type * as subject from "../../actors/controllers/loops/deployment/rolling.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A rolling update takes new pods for available as soon as they are asked for. */
export const newOnesTrusted: MutationOf<typeof subject> = {
  name: "newOnesTrusted",
  patch: {
    module: "actors/controllers/loops/deployment/rolling.ts",
    name: "shrinkOld",
    wrap:
      (sound) =>
      (bounds, { newSet, old }) =>
        sound(bounds, { newSet: { ...newSet, available: newSet.replicas }, old }),
  },
  found: {
    properties: ["maxSurge and maxUnavailable hold"],
    campaignSeed: 1004,
    runsMax: 25,
    runsMean: 4,
  },
};
