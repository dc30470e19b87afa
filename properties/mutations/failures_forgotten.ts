import type * as subject from "../../actors/client/work_queue.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What a loop could not do is not tried again until something else happens. */
export const failuresForgotten: MutationOf<typeof subject> = {
  name: "failuresForgotten",
  patch: {
    module: "actors/client/work_queue.ts",
    name: "createWorkQueue",
    wrap: (sound) => (options) => Object.assign(Object.create(sound(options)), { addRateLimited: () => undefined }),
  },
  found: {
    suite: "controllers",
    properties: [
      "the cluster converges after healing",
      "calm clusters converge soon",
      "disruption budgets are kept",
      "pods that end are no endpoints",
    ],
    campaignSeed: 2001,
    runsMax: 1500,
    runsMean: 200,
  },
};
