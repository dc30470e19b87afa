import type * as subject from "../../actors/apiserver/requests/write_object.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** An object goes though finalizers hold it. */
export const finalizersIgnored: MutationOf<typeof subject> = {
  name: "finalizersIgnored",
  patch: {
    module: "actors/apiserver/requests/write_object.ts",
    name: "isFinal",
    wrap: () => () => true,
  },
  found: {
    properties: ["a namespace outlives what is in it"],
    campaignSeed: 1002,
    runsMax: 75,
    runsMean: 12,
  },
};
