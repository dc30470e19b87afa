import type * as subject from "../../actors/scheduler/changes.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A node that has more than before wakes none of those for whom there was too little. */
export const growthWakesNobody: MutationOf<typeof subject> = {
  name: "growthWakesNobody",
  patch: {
    module: "actors/scheduler/changes.ts",
    name: "nodeEvents",
    wrap: (sound) => (node, before) => sound(node, before).filter(({ kind }) => kind !== "node.allocatable"),
  },
  found: {
    suite: "scheduler",
    properties: ["pods that fit are bound soon"],
    campaignSeed: 1,
    runsMax: 200,
    runsMean: 33,
  },
};
