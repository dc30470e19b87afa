import type * as subject from "../../actors/kube_proxy/change_tracker.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A node keeps the rules of a slice that is gone. */
export const lastEndpointKept: MutationOf<typeof subject> = {
  name: "lastEndpointKept",
  patch: {
    module: "actors/kube_proxy/change_tracker.ts",
    name: "createChangeTracker",
    wrap: (sound) => (node) => ({ ...sound(node), removeSlice: () => {} }),
  },
  found: {
    properties: ["the rules of every node equal the endpoints"],
    campaignSeed: 1141,
    runsMax: 855,
    runsMean: 142,
  },
};
