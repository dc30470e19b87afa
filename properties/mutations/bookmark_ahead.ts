import type * as subject from "../../actors/apiserver/cache/watchers.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A bookmark names a version that its watch has not come to. */
export const bookmarkAhead: MutationOf<typeof subject> = {
  name: "bookmarkAhead",
  patch: {
    module: "actors/apiserver/cache/watchers.ts",
    name: "bookmark",
    wrap: (sound) => (kind, revision, end) => sound(kind, revision + 2, end),
  },
  found: {
    properties: ["clients see the history"],
    campaignSeed: 7,
    runsMax: 40,
    runsMean: 4,
  },
};
