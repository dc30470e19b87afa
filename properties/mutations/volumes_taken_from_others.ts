import type * as subject from "../../actors/api/volume_binding.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A claim may be given a volume that another one has. */
export const volumesTakenFromOthers: MutationOf<typeof subject> = {
  name: "volumesTakenFromOthers",
  patch: {
    module: "actors/api/volume_binding.ts",
    name: "volumeFor",
    wrap: (sound) => (claim, volumes, options) =>
      sound(
        claim,
        [...volumes].map((each) => ({
          ...each,
          spec: { ...each.spec, claimRef: undefined },
          status: { ...each.status, phase: "Available" },
        })) as never,
        options,
      ),
  },
  found: {
    properties: ["claims and volumes are bound one to one, and keep their data", "the cluster converges after healing"],
    campaignSeed: 8110,
    runsMax: 100,
    runsMean: 10,
  },
};
