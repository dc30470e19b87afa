import type * as subject from "../../actors/kube_proxy/change_tracker.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A node keeps the rules of Services that are gone. */
export const goneServicesProgrammed: MutationOf<typeof subject> = {
  name: "goneServicesProgrammed",
  patch: {
    module: "actors/kube_proxy/change_tracker.ts",
    name: "createChangeTracker",
    wrap: (sound) => (node) => ({ ...sound(node), removeService: () => {} }),
  },
  found: {
    properties: ["the rules of every node equal the endpoints"],
    campaignSeed: 1061,
    runsMax: 385,
    runsMean: 64,
  },
};
