import type * as subject from "../../actors/apiserver/cache/watchers.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What comes into a selection is told as changed. */
export const joinersModified: MutationOf<typeof subject> = {
  name: "joinersModified",
  patch: {
    module: "actors/apiserver/cache/watchers.ts",
    name: "tell",
    wrap: (sound) => (watcher, event) => {
      const told = sound(watcher, event);
      return told?.type === "ADDED" && event.previous ? { ...told, type: "MODIFIED" } : told;
    },
  },
  found: {
    properties: ["clients see the history"],
    campaignSeed: 7,
    runsMax: 40,
    runsMean: 4,
  },
};
