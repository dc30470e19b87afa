import type * as subject from "../../actors/controllers/endpoints/slice_packing.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Endpoints are told in new slices beside those that there are. */
export const slicesMadeAnew: MutationOf<typeof subject> = {
  name: "slicesMadeAnew",
  patch: {
    module: "actors/controllers/endpoints/slice_packing.ts",
    name: "packSlices",
    wrap: (sound) => (options) => sound({ ...options, existing: options.existing.slice(1) }),
  },
  bugs: ["kubernetes 93374"],
  found: {
    properties: ["endpoints equal the ready pods"],
    campaignSeed: 1001,
    runsMax: 70,
    runsMean: 11,
  },
};
