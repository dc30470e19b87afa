import { keyOf } from "../../actors/api/types.ts";
import type * as podManager from "../../actors/kubelet/pod/pod_manager.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A pod that was created again under one name is taken for the one before. */
export const forgetsUid: MutationOf<typeof podManager> = {
  name: "forgetsUid",
  patch: {
    module: "actors/kubelet/pod/pod_manager.ts",
    name: "identityOf",
    wrap: () => keyOf,
  },
  found: {
    properties: ["the cluster converges after healing", "calm clusters converge soon"],
    campaignSeed: 194,
    runsMax: 300,
    runsMean: 60,
  },
};
