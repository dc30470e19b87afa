import type * as rolling from "../../actors/controllers/loops/deployment/rolling.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A rolling update makes all new pods at once. */
export const surgeIgnored: MutationOf<typeof rolling> = {
  name: "surgeIgnored",
  patch: {
    module: "actors/controllers/loops/deployment/rolling.ts",
    name: "newSetSize",
    wrap:
      () =>
      ({ desired }) =>
        desired,
  },
  found: {
    properties: ["maxSurge and maxUnavailable hold"],
    campaignSeed: 1004,
    runsMax: 25,
    runsMean: 4,
  },
};
