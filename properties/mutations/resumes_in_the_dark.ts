import type * as subject from "../../actors/apiserver/cache/window.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A watch goes on from a version that the window has forgotten. */
export const resumesInTheDark: MutationOf<typeof subject> = {
  name: "resumesInTheDark",
  patch: {
    module: "actors/apiserver/cache/window.ts",
    name: "eventsAfter",
    wrap: (sound) => (window, revision) => sound(window, Math.max(revision, window.forgotten)),
  },
  found: {
    properties: ["clients see the history", "every informer equals the store"],
    campaignSeed: 7,
    runsMax: 40,
    runsMean: 4,
  },
};
