import type * as changeTracker from "../../actors/kube_proxy/change_tracker.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A kube-proxy takes an EndpointSlice for what it was when it first saw it. */
export const sliceUpdatesIgnored: MutationOf<typeof changeTracker> = {
  name: "sliceUpdatesIgnored",
  patch: {
    module: "actors/kube_proxy/change_tracker.ts",
    name: "createChangeTracker",
    wrap: (sound) => (node) => {
      const tracker = sound(node);
      return { ...tracker, setSlice: (slice, previous) => previous ?? tracker.setSlice(slice, previous) };
    },
  },
  bugs: ["kubernetes 28674"],
  found: {
    properties: ["the rules of every node equal the endpoints"],
    campaignSeed: 104,
    runsMax: 150,
    runsMean: 13,
  },
};
