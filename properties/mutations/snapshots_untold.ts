import type * as subject from "../../actors/store/snapshot/install.ts";
import { createWatches } from "../../actors/store/watch/watches.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Watchers hear nothing of what a snapshot brought that their replica installed. */
export const snapshotsUntold: MutationOf<typeof subject> = {
  name: "snapshotsUntold",
  patch: {
    module: "actors/store/snapshot/install.ts",
    name: "onInstalled",
    wrap: (sound) => (data, path, step) => {
      const untold = { ...data, watches: createWatches() };
      sound(untold, path, step);
      data.keyspace = untold.keyspace;
    },
  },
  found: {
    suite: "store",
    properties: ["watches tell what was"],
    campaignSeed: 7004,
    runsMax: 300,
    runsMean: 50,
  },
};
