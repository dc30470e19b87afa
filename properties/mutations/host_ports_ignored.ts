import type * as subject from "../../actors/scheduler/plugins/node_ports.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The scheduler puts two pods with the same port of the host on one node. */
export const hostPortsIgnored: MutationOf<typeof subject> = {
  name: "hostPortsIgnored",
  patch: {
    module: "actors/scheduler/plugins/node_ports.ts",
    name: "nodePorts",
    wrap: (sound) => ({ ...sound, filter: () => undefined }),
  },
  found: {
    properties: ["pods are bound where they may be"],
    campaignSeed: 1002,
    runsMax: 75,
    runsMean: 12,
  },
};
