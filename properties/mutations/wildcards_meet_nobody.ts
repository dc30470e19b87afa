import type * as subject from "../../actors/scheduler/pod_info.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A port on every address of a node and one on a certain address are taken for two. */
export const wildcardsMeetNobody: MutationOf<typeof subject> = {
  name: "wildcardsMeetNobody",
  patch: {
    module: "actors/scheduler/pod_info.ts",
    name: "portsConflict",
    wrap: () => (a, b) => a.port === b.port && a.protocol === b.protocol && a.ip === b.ip,
  },
  found: {
    suite: "scheduler",
    properties: ["pods are bound where they may be", "only lesser pods are preempted"],
    campaignSeed: 2001,
    runsMax: 1200,
    runsMean: 300,
  },
};
