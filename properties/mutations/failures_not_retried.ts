import type * as subject from "../../actors/client/work_queue.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What a control loop could not do it does not try again. */
export const failuresNotRetried: MutationOf<typeof subject> = {
  name: "failuresNotRetried",
  patch: {
    module: "actors/client/work_queue.ts",
    name: "createWorkQueue",
    wrap: (sound) => (options) => ({ ...sound(options), addRateLimited: () => {} }),
  },
  found: {
    properties: ["the cluster converges after healing", "calm clusters converge soon", "nothing is stuck"],
    campaignSeed: 21,
    runsMax: 95,
    runsMean: 19,
  },
};
