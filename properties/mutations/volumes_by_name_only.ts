import type * as binding from "../../actors/api/volume_binding.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A volume is given to whatever claim has the name of the one that it was bound to. */
export const volumesByNameOnly: MutationOf<typeof binding> = {
  name: "volumesByNameOnly",
  patch: {
    module: "actors/api/volume_binding.ts",
    name: "isVolumeFor",
    wrap:
      () =>
      ({ spec }, { metadata }) =>
        spec.claimRef?.name === metadata.name && spec.claimRef?.namespace === metadata.namespace,
  },
  found: { test: "actors/controllers/loops/persistent_volume_binder_test.ts" },
};
