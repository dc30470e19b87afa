import type * as subject from "../../actors/controllers/loops/job/ending.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Job may take as long as it will. */
export const jobDeadlinesIgnored: MutationOf<typeof subject> = {
  name: "jobDeadlinesIgnored",
  patch: {
    module: "actors/controllers/loops/job/ending.ts",
    name: "deadlineLeftMs",
    wrap: () => () => undefined,
  },
  found: {
    properties: ["the cluster converges after healing", "calm clusters converge soon"],
    campaignSeed: 1015,
    runsMax: 115,
    runsMean: 19,
  },
};
