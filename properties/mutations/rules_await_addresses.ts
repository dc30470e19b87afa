import type * as subject from "../../actors/network/pod_policies.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What policies say of a pod holds only where the API says that it is. */
export const rulesAwaitAddresses: MutationOf<typeof subject> = {
  name: "rulesAwaitAddresses",
  patch: {
    module: "actors/network/pod_policies.ts",
    name: "createPolicyTable",
    wrap: (sound) => () => sound(),
  },
  found: {
    suite: "policies",
    properties: ["new pods are kept apart as policies say"],
    campaignSeed: 3301,
    runsMax: 16,
    runsMean: 2,
  },
};
