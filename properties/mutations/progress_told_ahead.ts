import type * as subject from "../../actors/store/watch/watches.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who asks how far its watch is hears of a revision of which it has not heard. */
export const progressToldAhead: MutationOf<typeof subject> = {
  name: "progressToldAhead",
  patch: {
    module: "actors/store/watch/watches.ts",
    name: "tellProgress",
    wrap:
      (sound) =>
      (watches, watcher, { revision, step }) =>
        sound(watches, watcher, { revision: revision + 1, step }),
  },
  found: {
    suite: "store",
    properties: ["watches tell what was"],
    campaignSeed: 3,
    runsMax: 20,
    runsMean: 5,
  },
};
