import type * as subject from "../../actors/scheduler/changes.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A node that is opened to pods again wakes none of those that wait. */
export const taintsWakeNobody: MutationOf<typeof subject> = {
  name: "taintsWakeNobody",
  patch: {
    module: "actors/scheduler/changes.ts",
    name: "nodeEvents",
    wrap: (sound) => (node, before) => sound(node, before).filter(({ kind }) => kind !== "node.taints"),
  },
  found: {
    suite: "scheduler",
    properties: ["pods that fit are bound soon"],
    campaignSeed: 2001,
    runsMax: 600,
    runsMean: 120,
  },
};
