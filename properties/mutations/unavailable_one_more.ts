import type * as subject from "../../actors/controllers/loops/deployment/rolling.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A rolling update takes one available pod more away than maxUnavailable allows. */
export const unavailableOneMore: MutationOf<typeof subject> = {
  name: "unavailableOneMore",
  patch: {
    module: "actors/controllers/loops/deployment/rolling.ts",
    name: "shrinkOld",
    wrap: (sound) => (bounds, sets) =>
      sound({ ...bounds, unavailable: Math.min(bounds.unavailable + 1, bounds.desired) }, sets),
  },
  found: {
    properties: ["maxSurge and maxUnavailable hold"],
    campaignSeed: 1004,
    runsMax: 60,
    runsMean: 10,
  },
};
