import type * as subject from "../../actors/controllers/loops/deployment/rolling.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A rolling update makes one pod more than maxSurge allows. */
export const surgesOneMore: MutationOf<typeof subject> = {
  name: "surgesOneMore",
  patch: {
    module: "actors/controllers/loops/deployment/rolling.ts",
    name: "newSetSize",
    wrap: (sound) => (bounds, sizes) => sound({ ...bounds, surge: bounds.surge + 1 }, sizes),
  },
  found: {
    properties: ["maxSurge and maxUnavailable hold"],
    campaignSeed: 1004,
    runsMax: 25,
    runsMean: 4,
  },
};
