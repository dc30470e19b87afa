import type * as subject from "../../actors/controllers/nodes/zones.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** That a zone is in another state now is only heard of where its nodes are looked at anyway. */
export const zonesWakeNobody: MutationOf<typeof subject> = {
  name: "zonesWakeNobody",
  patch: {
    module: "actors/controllers/nodes/zones.ts",
    name: "createZones",
    wrap: (sound) => () => {
      const zones = sound();
      return {
        ...zones,
        note: (node, isReady) => {
          zones.note(node, isReady);
          return false;
        },
      };
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
    runsMax: 48,
    runsMean: 8,
  },
};
