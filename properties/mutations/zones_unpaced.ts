import type * as subject from "../../actors/controllers/nodes/zones.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** All nodes of a zone are given up at once. */
export const zonesUnpaced: MutationOf<typeof subject> = {
  name: "zonesUnpaced",
  patch: {
    module: "actors/controllers/nodes/zones.ts",
    name: "createZones",
    wrap: (sound) => () => {
      const zones = sound();
      return { ...zones, permit: () => 0 };
    },
  },
  found: {
    suite: "nodes",
    properties: ["nodes of a zone are given up one by one, and none where most are lost"],
    campaignSeed: 1,
    runsMax: 60,
    runsMean: 10,
  },
};
