import type * as subject from "../../actors/scheduler/plugins/taint_toleration.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A pod that comes to bear a taint waits on. */
export const tolerationsWakeNobody: MutationOf<typeof subject> = {
  name: "tolerationsWakeNobody",
  patch: {
    module: "actors/scheduler/plugins/taint_toleration.ts",
    name: "taintToleration",
    wrap: (sound) => ({ ...sound, events: (sound.events ?? []).filter(({ on }) => on !== "pod.tolerations") }),
  },
  found: {
    suite: "scheduler",
    properties: ["pods that fit are bound soon"],
    campaignSeed: 1,
    runsMax: 306,
    runsMean: 51,
  },
};
