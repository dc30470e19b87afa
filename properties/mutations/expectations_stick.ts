import type * as subject from "../../actors/client/expectations.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What a controller expects counts as unseen until that is given up. */
export const expectationsStick: MutationOf<typeof subject> = {
  name: "expectationsStick",
  patch: {
    module: "actors/client/expectations.ts",
    name: "createExpectations",
    wrap: (sound) => (options) => ({ ...sound(options), deletionObserved: () => {} }),
  },
  found: {
    properties: ["calm clusters converge soon", "the cluster converges after healing"],
    campaignSeed: 1002,
    runsMax: 20,
    runsMean: 3,
  },
};
