import type * as subject from "../../actors/apiserver/admission/quota/reserve.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Requests are not held against quotas. */
export const quotasIgnored: MutationOf<typeof subject> = {
  name: "quotasIgnored",
  patch: {
    module: "actors/apiserver/admission/quota/reserve.ts",
    name: "hasQuotas",
    wrap: () => () => false,
  },
  found: {
    properties: ["quotas are kept"],
    campaignSeed: 1035,
    runsMax: 225,
    runsMean: 37,
  },
};
