import type * as subject from "../../actors/controllers/loops/job/ending.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Job fails with as many failed indexes as it bears. */
export const failedIndexesOneLess: MutationOf<typeof subject> = {
  name: "failedIndexesOneLess",
  patch: {
    module: "actors/controllers/loops/job/ending.ts",
    name: "decideEnding",
    wrap: (sound) => (state, nowMs) => {
      const { maxFailedIndexes } = state.job.spec;
      if (maxFailedIndexes === undefined) return sound(state, nowMs);
      const spec = { ...state.job.spec, maxFailedIndexes: maxFailedIndexes - 1 };
      return sound({ ...state, job: { ...state.job, spec } }, nowMs);
    },
  },
  found: {
    suite: "controllers",
    properties: ["Jobs end for their reasons"],
    campaignSeed: 3027,
    runsMax: 184,
    runsMean: 23,
  },
};
