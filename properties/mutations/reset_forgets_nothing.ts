import type * as subject from "../../actors/apiserver/cache/window.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A server that had to begin its caches anew goes on from any version, as if nothing had happened in between. */
export const resetForgetsNothing: MutationOf<typeof subject> = {
  name: "resetForgetsNothing",
  patch: {
    module: "actors/apiserver/cache/window.ts",
    name: "resetWindow",
    wrap: (sound) => (window) => sound(window, window.forgotten),
  },
  found: {
    suite: "apiserver",
    properties: ["clients see the history"],
    campaignSeed: 1,
    runsMax: 400,
    runsMean: 60,
  },
};
