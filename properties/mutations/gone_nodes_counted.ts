import type * as subject from "../../actors/controllers/nodes/zones.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Nodes that are gone count on in their zones. */
export const goneNodesCounted: MutationOf<typeof subject> = {
  name: "goneNodesCounted",
  patch: {
    module: "actors/controllers/nodes/zones.ts",
    name: "createZones",
    wrap: (sound) => () => {
      const zones = sound();
      return { ...zones, forget: () => false };
    },
  },
  found: {
    suite: "nodes",
    properties: [
      "nodes of a zone are given up one by one, and none where most are lost",
      "lost nodes lose their pods, and others do not",
      "nodes that are not ready are tainted",
    ],
    campaignSeed: 1,
    runsMax: 600,
    runsMean: 100,
  },
};
