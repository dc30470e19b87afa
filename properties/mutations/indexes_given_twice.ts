import type * as subject from "../../actors/controllers/loops/job/job_state.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** An index of a Job that a pod works on is given to another. */
export const indexesGivenTwice: MutationOf<typeof subject> = {
  name: "indexesGivenTwice",
  patch: {
    module: "actors/controllers/loops/job/job_state.ts",
    name: "indexesOf",
    wrap: (sound) => (pods) => sound(pods.slice(1)),
  },
  found: {
    properties: ["an index of a Job has one pod"],
    campaignSeed: 1070,
    runsMax: 260,
    runsMean: 43,
  },
};
