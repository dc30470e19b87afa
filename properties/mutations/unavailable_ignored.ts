import type * as rolling from "../../actors/controllers/loops/deployment/rolling.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A rolling update takes all old pods away at once. */
export const unavailableIgnored: MutationOf<typeof rolling> = {
  name: "unavailableIgnored",
  patch: {
    module: "actors/controllers/loops/deployment/rolling.ts",
    name: "shrinkOld",
    wrap:
      () =>
      (_bounds, { old }) =>
        new Map(old.filter(({ replicas }) => replicas > 0).map(({ name }) => [name, 0])),
  },
  found: {
    properties: ["maxSurge and maxUnavailable hold"],
    campaignSeed: 1004,
    runsMax: 25,
    runsMean: 4,
  },
};
