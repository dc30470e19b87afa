import type * as subject from "../../actors/apiserver/requests/write_object.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** An object whose deletion has begun stays when the last that kept it is taken away. */
export const keptAfterTheLastFinalizer: MutationOf<typeof subject> = {
  name: "keptAfterTheLastFinalizer",
  patch: {
    module: "actors/apiserver/requests/write_object.ts",
    name: "endsByUpdate",
    wrap: () => () => false,
  },
  found: {
    suite: "apiserver",
    properties: ["changes are what was asked for", "answers are true"],
    campaignSeed: 1,
    runsMax: 30,
    runsMean: 2,
  },
};
