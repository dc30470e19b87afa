import type * as subject from "../../actors/apiserver/cache/watchers.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A selecting watch is not told of what leaves its selection. */
export const leaversUntold: MutationOf<typeof subject> = {
  name: "leaversUntold",
  patch: {
    module: "actors/apiserver/cache/watchers.ts",
    name: "tell",
    wrap: (sound) => (watcher, event) => {
      const told = sound(watcher, event);
      return told?.type === "DELETED" && event.current ? undefined : told;
    },
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
