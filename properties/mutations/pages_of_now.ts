import type * as subject from "../../actors/apiserver/requests/continue_token.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Later pages of a list show what there is by then. */
export const pagesOfNow: MutationOf<typeof subject> = {
  name: "pagesOfNow",
  patch: {
    module: "actors/apiserver/requests/continue_token.ts",
    name: "encodeContinue",
    wrap:
      (sound) =>
      ({ key }, prefix) =>
        sound({ revision: -1, key }, prefix),
  },
  found: {
    properties: ["clients see the history"],
    campaignSeed: 7,
    runsMax: 40,
    runsMean: 4,
  },
};
