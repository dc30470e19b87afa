import type * as watchers from "../../actors/apiserver/cache/watchers.ts";
import type { Watchers } from "../../actors/apiserver/cache/watchers.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** An API server does not tell its watchers of some events. */
export const watchEventDropped: MutationOf<typeof watchers> = {
  name: "watchEventDropped",
  patch: {
    module: "actors/apiserver/cache/watchers.ts",
    name: "publish",
    wrap: (sound) => {
      const counts = new WeakMap<Watchers, number>();
      return (watchers, cache, event) => {
        const count = (counts.get(watchers) ?? 0) + (watchers.buckets.size > 0 ? 1 : 0);
        counts.set(watchers, count);
        if (count % 40 !== 0) sound(watchers, cache, event);
      };
    },
  },
  bugs: ["kubernetes 123072"],
  found: {
    properties: [
      "the cluster converges after healing",
      "calm clusters converge soon",
      "every informer equals the store",
    ],
    campaignSeed: 100,
    runsMax: 20,
    runsMean: 3,
  },
};
