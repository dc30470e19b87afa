import type * as subject from "../../actors/scheduler/changes.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Pods that nothing suited do not hear of what becomes of nodes. */
export const nodesWakeNobody: MutationOf<typeof subject> = {
  name: "nodesWakeNobody",
  patch: {
    module: "actors/scheduler/changes.ts",
    name: "nodeEvents",
    wrap: () => () => [],
  },
  found: {
    properties: ["pods that fit are bound soon", "the cluster converges after healing", "calm clusters converge soon"],
    campaignSeed: 1004,
    runsMax: 40,
    runsMean: 6,
  },
};
