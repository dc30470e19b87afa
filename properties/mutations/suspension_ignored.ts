import type * as subject from "../../actors/controllers/loops/job/sizing.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Job that is to wait begins. */
export const suspensionIgnored: MutationOf<typeof subject> = {
  name: "suspensionIgnored",
  patch: {
    module: "actors/controllers/loops/job/sizing.ts",
    name: "decideSizing",
    wrap: (sound) => (state, nowMs) =>
      sound({ ...state, job: { ...state.job, spec: { ...state.job.spec, suspend: false } } }, nowMs),
  },
  found: {
    properties: ["Jobs make no pods too many"],
    campaignSeed: 1068,
    runsMax: 220,
    runsMean: 36,
  },
};
