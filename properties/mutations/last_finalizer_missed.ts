import type * as subject from "../../actors/apiserver/requests/write_object.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** An object whose last finalizer was taken off stays. */
export const lastFinalizerMissed: MutationOf<typeof subject> = {
  name: "lastFinalizerMissed",
  patch: {
    module: "actors/apiserver/requests/write_object.ts",
    name: "endsByUpdate",
    wrap: () => () => false,
  },
  found: {
    properties: ["calm clusters converge soon", "the cluster converges after healing"],
    campaignSeed: 1002,
    runsMax: 40,
    runsMean: 6,
  },
};
