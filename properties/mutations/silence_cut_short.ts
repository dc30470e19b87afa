import type * as subject from "../../actors/controllers/loops/node_lifecycle.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A node is held for lost ten seconds early. */
export const silenceCutShort: MutationOf<typeof subject> = {
  name: "silenceCutShort",
  patch: {
    module: "actors/controllers/loops/node_lifecycle.ts",
    name: "nodeLifecycle",
    wrap: (sound) => ({
      ...sound,
      reconcile: (key, listers, turn) => sound.reconcile(key, listers, { ...turn, uptimeMs: turn.uptimeMs + 10_000 }),
    }),
  },
  found: {
    suite: "nodes",
    properties: ["nodes that nobody hears of are held for lost in time, and no others"],
    campaignSeed: 1,
    runsMax: 12,
    runsMean: 2,
  },
};
