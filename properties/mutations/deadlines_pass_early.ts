import type * as subject from "../../actors/controllers/loops/deployment/conditions.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A rollout is given up before its deadline. */
export const deadlinesPassEarly: MutationOf<typeof subject> = {
  name: "deadlinesPassEarly",
  patch: {
    module: "actors/controllers/loops/deployment/conditions.ts",
    name: "progressDeadlineMs",
    wrap: (sound) => (deployment) => {
      const deadlineMs = sound(deployment);
      return deadlineMs === undefined ? undefined : deadlineMs / 1000;
    },
  },
  found: {
    properties: ["rollouts tell how they went"],
    campaignSeed: 1000,
    runsMax: 20,
    runsMean: 2,
  },
};
