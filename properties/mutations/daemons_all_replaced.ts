import type * as subject from "../../actors/controllers/loops/daemon_set/rolling.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A DaemonSet replaces all its pods at once. */
export const daemonsAllReplaced: MutationOf<typeof subject> = {
  name: "daemonsAllReplaced",
  patch: {
    module: "actors/controllers/loops/daemon_set/rolling.ts",
    name: "boundsOf",
    wrap: () => (_set, nodes) => ({ unavailable: nodes, surge: 0 }),
  },
  found: {
    suite: "controllers",
    properties: ["daemons are replaced one after the other"],
    campaignSeed: 2001,
    runsMax: 1800,
    runsMean: 250,
  },
};
