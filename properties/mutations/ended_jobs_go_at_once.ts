import type * as subject from "../../actors/controllers/loops/ttl_after_finished.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Job that ended goes without having been kept for as long as it says. */
export const endedJobsGoAtOnce: MutationOf<typeof subject> = {
  name: "endedJobsGoAtOnce",
  patch: {
    module: "actors/controllers/loops/ttl_after_finished.ts",
    name: "ttlAfterFinished",
    wrap: (sound) => ({
      ...sound,
      reconcile: (key, listers, turn) => sound.reconcile(key, listers, { ...turn, nowMs: turn.nowMs + 3_600_000 }),
    }),
  },
  found: {
    properties: ["finished Jobs live their time"],
    campaignSeed: 1010,
    runsMax: 50,
    runsMean: 8,
  },
};
