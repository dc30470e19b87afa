import type * as lookAgain from "../../actors/controllers/ownership/look_again.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The garbage collector believes a mirror that lags, and deletes what has an owner. */
export const absentOwnersUnverified: MutationOf<typeof lookAgain> = {
  name: "absentOwnersUnverified",
  patch: {
    module: "actors/controllers/ownership/look_again.ts",
    name: "lookAgain",
    wrap: () => () => [],
  },
  found: {
    properties: ["nothing with a living owner is garbage collected", "no controller makes pods without bound"],
    campaignSeed: 136,
    runsMax: 200,
    runsMean: 40,
  },
};
