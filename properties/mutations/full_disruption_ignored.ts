import type * as zones from "../../actors/controllers/nodes/zones.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Nodes are given up though not one of them is heard of. */
export const fullDisruptionIgnored: MutationOf<typeof zones> = {
  name: "fullDisruptionIgnored",
  patch: {
    module: "actors/controllers/nodes/zones.ts",
    name: "createZones",
    wrap: (sound) => () => ({ ...sound(), isAllDown: () => false }),
  },
  bugs: ["kubernetes 110114"],
  found: {
    suite: "nodes",
    properties: ["nodes of a zone are given up one by one, and none where most are lost"],
    campaignSeed: 1,
    runsMax: 40,
    runsMean: 6,
  },
};
