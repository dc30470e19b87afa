import type * as subject from "../../actors/controllers/clouds/disk_making.ts";
import { emptying } from "../../actors/controllers/loops/storage_driver/removal.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A volume that nobody wants any more is forgotten, and paid for on. */
export const volumesNotGivenBack: MutationOf<typeof subject> = {
  name: "volumesNotGivenBack",
  patch: {
    module: "actors/controllers/clouds/disk_making.ts",
    name: "diskRemoval",
    wrap: () => (volume) => [emptying(volume)],
  },
  found: {
    clouds: "always",
    properties: ["the cluster converges after healing"],
    campaignSeed: 500,
    runsMax: 60,
    runsMean: 3,
  },
};
