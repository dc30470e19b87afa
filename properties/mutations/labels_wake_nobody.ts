import type * as subject from "../../actors/scheduler/changes.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A node that gets other labels wakes none of those that wait for them. */
export const labelsWakeNobody: MutationOf<typeof subject> = {
  name: "labelsWakeNobody",
  patch: {
    module: "actors/scheduler/changes.ts",
    name: "nodeEvents",
    wrap: (sound) => (node, before) => sound(node, before).filter(({ kind }) => kind !== "node.labels"),
  },
  found: {
    suite: "scheduler",
    properties: ["pods that fit are bound soon"],
    campaignSeed: 2001,
    runsMax: 1800,
    runsMean: 450,
  },
};
