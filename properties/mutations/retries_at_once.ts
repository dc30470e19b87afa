import type * as subject from "../../actors/client/work_queue.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What a control loop could not do it tries again at once, and again. */
export const retriesAtOnce: MutationOf<typeof subject> = {
  name: "retriesAtOnce",
  patch: {
    module: "actors/client/work_queue.ts",
    name: "createWorkQueue",
    wrap: (sound) => (options) => {
      const queue = sound(options);
      return Object.assign(Object.create(queue), { addRateLimited: (_step: unknown, key: string) => queue.add(key) });
    },
  },
  found: {
    suite: "controllers",
    properties: ["what fails is tried again with patience"],
    campaignSeed: 2007,
    runsMax: 450,
    runsMean: 145,
  },
};
