import type * as subject from "../../actors/controllers/loops/job/sizing.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Job that is told to wait keeps the pods that it has. */
export const waitingKeepTheirPods: MutationOf<typeof subject> = {
  name: "waitingKeepTheirPods",
  patch: {
    module: "actors/controllers/loops/job/sizing.ts",
    name: "decideSizing",
    wrap: (sound) => (state, nowMs) =>
      state.job.spec.suspend === true ? { remove: [], create: [] } : sound(state, nowMs),
  },
  found: {
    suite: "controllers",
    properties: ["Jobs end for their reasons", "calm clusters converge soon"],
    campaignSeed: 3001,
    runsMax: 288,
    runsMean: 36,
  },
};
