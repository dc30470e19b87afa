import type * as subject from "../../actors/apiserver/requests/continue_token.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A page begins behind the object that it should begin with. */
export const pageBeginsLate: MutationOf<typeof subject> = {
  name: "pageBeginsLate",
  patch: {
    module: "actors/apiserver/requests/continue_token.ts",
    name: "encodeContinue",
    wrap:
      (sound) =>
      ({ revision, key }, prefix) =>
        sound({ revision, key: `${key}~` }, prefix),
  },
  found: {
    properties: ["clients see the history"],
    campaignSeed: 7,
    runsMax: 40,
    runsMean: 4,
  },
};
