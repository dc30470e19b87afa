import type * as subject from "../../actors/apiserver/cache/window.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A watch that goes on from a version misses the first change after it. */
export const resumesOneLate: MutationOf<typeof subject> = {
  name: "resumesOneLate",
  patch: {
    module: "actors/apiserver/cache/window.ts",
    name: "eventsAfter",
    wrap: (sound) => (window, revision) => sound(window, revision)?.slice(1),
  },
  found: {
    properties: [
      "every informer equals the store",
      "clients see the history",
      "the cluster converges after healing",
      "calm clusters converge soon",
    ],
    campaignSeed: 7,
    runsMax: 20,
    runsMean: 2,
  },
};
