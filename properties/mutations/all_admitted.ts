import type * as subject from "../../actors/kubelet/pod/admission.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A kubelet takes in whatever it is sent, room or not. */
export const allAdmitted: MutationOf<typeof subject> = {
  name: "allAdmitted",
  patch: {
    module: "actors/kubelet/pod/admission.ts",
    name: "admit",
    wrap: () => () => undefined,
  },
  found: {
    suite: "kubelet",
    properties: ["pods that run together fit together"],
    campaignSeed: 3004,
    runsMax: 40,
    runsMean: 4,
  },
};
