import type * as subject from "../../actors/controllers/loops/job/backoff.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Job's pod that failed is followed by another at once. */
export const failuresNotWaitedOut: MutationOf<typeof subject> = {
  name: "failuresNotWaitedOut",
  patch: {
    module: "actors/controllers/loops/job/backoff.ts",
    name: "backoffLeftMs",
    wrap: () => () => 0,
  },
  found: {
    suite: "controllers",
    properties: ["Jobs wait after failures"],
    campaignSeed: 2001,
    runsMax: 1800,
    runsMean: 250,
  },
};
