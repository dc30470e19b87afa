import type * as subject from "../../actors/controllers/loops/job/sizing.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Job makes one pod more than it needs. */
export const jobsOneMore: MutationOf<typeof subject> = {
  name: "jobsOneMore",
  patch: {
    module: "actors/controllers/loops/job/sizing.ts",
    name: "decideSizing",
    wrap: (sound) => (state, nowMs) => {
      const sizing = sound(state, nowMs);
      const [first] = sizing.create;
      return sizing.create.length > 0 && first === undefined
        ? { ...sizing, create: [...sizing.create, first] }
        : sizing;
    },
  },
  found: {
    properties: ["Jobs make no pods too many"],
    campaignSeed: 21,
    runsMax: 50,
    runsMean: 10,
  },
};
