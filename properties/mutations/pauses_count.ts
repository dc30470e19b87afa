import type * as subject from "../../actors/controllers/loops/job/ending.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The time of a Job that is let go on counts from when it first began. */
export const pausesCount: MutationOf<typeof subject> = {
  name: "pausesCount",
  patch: {
    module: "actors/controllers/loops/job/ending.ts",
    name: "deadlineLeftMs",
    wrap: (sound) => (job, nowMs) => sound({ ...job, status: { ...job.status, conditions: [] } }, nowMs),
  },
  found: {
    suite: "controllers",
    properties: ["Jobs end for their reasons"],
    campaignSeed: 3025,
    runsMax: 400,
    runsMean: 50,
  },
};
