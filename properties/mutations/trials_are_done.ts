import type * as subject from "../../actors/apiserver/storage/guaranteed_update.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What was only to be tried is done. */
export const trialsAreDone: MutationOf<typeof subject> = {
  name: "trialsAreDone",
  patch: {
    module: "actors/apiserver/storage/guaranteed_update.ts",
    name: "guaranteedUpdate",
    wrap: (sound) => (store, step, update) => sound(store, step, { ...update, dryRun: false }),
  },
  found: {
    suite: "apiserver",
    properties: ["changes are what was asked for", "answers are true"],
    campaignSeed: 4,
    runsMax: 30,
    runsMean: 3,
  },
};
