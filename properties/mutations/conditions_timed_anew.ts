import type * as subject from "../../actors/api/conditions.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A condition has the time at which it was last told. */
export const conditionsTimedAnew: MutationOf<typeof subject> = {
  name: "conditionsTimedAnew",
  patch: {
    module: "actors/api/conditions.ts",
    name: "conditionNow",
    wrap: (sound) => (_conditions, told) => sound(undefined, told),
  },
  found: { properties: ["conditions keep their times"], campaignSeed: 8108, runsMax: 60, runsMean: 1 },
};
