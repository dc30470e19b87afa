import type * as subject from "../../actors/controllers/loops/stateful_set/claims.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Pods of a StatefulSet are made with claims that are about to go. */
export const goingClaimsGiven: MutationOf<typeof subject> = {
  name: "goingClaimsGiven",
  patch: {
    module: "actors/controllers/loops/stateful_set/claims.ts",
    name: "staleClaim",
    wrap: () => () => undefined,
  },
  found: { properties: ["no pod is made with a claim that goes"], campaignSeed: 8104, runsMax: 210, runsMean: 34 },
};
