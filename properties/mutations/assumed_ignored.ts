import type * as cache from "../../actors/scheduler/cache.ts";
import type { Cache, PlacedPod } from "../../actors/scheduler/cache.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The scheduler forgets what it has just placed until it hears of it. */
export const assumedIgnored: MutationOf<typeof cache> = {
  name: "assumedIgnored",
  patch: {
    module: "actors/scheduler/cache.ts",
    name: "createCache",
    wrap: (sound) => () => withoutAssumed(sound()),
  },
  found: {
    properties: ["no node is over-committed"],
    campaignSeed: 154,
    runsMax: 125,
    runsMean: 25,
  },
};

/** Pods that the API does not show yet are known, but count nowhere. */
function withoutAssumed(cache: Cache): Cache {
  const assumed = new Map<string, PlacedPod>();
  const take = (uid: string) => {
    const pod = assumed.get(uid);
    assumed.delete(uid);
    return pod;
  };
  return {
    ...cache,
    assume: (info, node) => void assumed.set(info.uid, { info, node, assumed: true }),
    setPod(info, node) {
      const before = take(info.uid);
      return cache.setPod(info, node) ?? before;
    },
    removePod: (uid) => take(uid) ?? cache.removePod(uid),
    forget: take,
    pod: (uid) => assumed.get(uid) ?? cache.pod(uid),
    pods: () => [...cache.pods(), ...assumed.values()],
  };
}
