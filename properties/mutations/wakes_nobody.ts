import type * as queue from "../../actors/scheduler/queue/queue.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Pods that nothing suited are not woken by what happens: only the scheduler's second look, after minutes, helps them. */
export const wakesNobody: MutationOf<typeof queue> = {
  name: "wakesNobody",
  patch: {
    module: "actors/scheduler/queue/queue.ts",
    name: "createQueue",
    wrap: (sound) => (options) => ({ ...sound(options), happened: () => 0 }),
  },
  found: {
    properties: ["pods that fit are bound soon", "the cluster converges after healing", "calm clusters converge soon"],
    campaignSeed: 1,
    runsMax: 150,
    runsMean: 35,
  },
};
