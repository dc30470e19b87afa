import type * as subject from "../../actors/controllers/loops/taint_eviction.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A pod is driven off a tainted node though it bears the taint for a while. */
export const pausesIgnored: MutationOf<typeof subject> = {
  name: "pausesIgnored",
  patch: {
    module: "actors/controllers/loops/taint_eviction.ts",
    name: "taintEviction",
    wrap: (sound) => ({
      ...sound,
      reconcile(key, listers, turn) {
        const plan = sound.reconcile(key, listers, turn);
        const later = { ...turn, uptimeMs: turn.uptimeMs + 3_600_000 };
        return plan?.againAfterMs === undefined ? plan : sound.reconcile(key, listers, later);
      },
    }),
  },
  found: {
    properties: ["taints give pods the time that they ask for"],
    campaignSeed: 1014,
    runsMax: 55,
    runsMean: 9,
  },
};
