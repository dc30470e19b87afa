import type * as subject from "../../actors/kubelet/pod/status_patch.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A kubelet does not tell what changes nothing but a pod's conditions. */
export const conditionsUntold: MutationOf<typeof subject> = {
  name: "conditionsUntold",
  patch: {
    module: "actors/kubelet/pod/status_patch.ts",
    name: "statusPatch",
    wrap: (sound) => (before, after) => {
      const patch = sound(before, after);
      const isMore = Object.keys(patch ?? {}).some((field) => !field.endsWith("conditions"));
      return isMore ? patch : undefined;
    },
  },
  found: {
    properties: [
      "the cluster converges after healing",
      "calm clusters converge soon",
      "pods tell what their containers do",
    ],
    campaignSeed: 21,
    runsMax: 20,
    runsMean: 2,
  },
};
