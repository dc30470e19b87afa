import type * as subject from "../../actors/controllers/loops/job/sizing.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Job that replaces its pods only when they have ended replaces them as soon as they are deleted. */
export const replacedBeforeTheyEnd: MutationOf<typeof subject> = {
  name: "replacedBeforeTheyEnd",
  patch: {
    module: "actors/controllers/loops/job/sizing.ts",
    name: "decideSizing",
    wrap: (sound) => (state, nowMs) => sound({ ...state, terminating: [] }, nowMs),
  },
  found: {
    suite: "controllers",
    properties: ["Jobs make no pods too many", "an index of a Job has one pod"],
    campaignSeed: 1,
    runsMax: 60,
    runsMean: 10,
  },
};
