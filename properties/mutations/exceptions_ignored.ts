import type * as subject from "../../actors/network/pod_policies.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A policy lets in whom it excepts from a range. */
export const exceptionsIgnored: MutationOf<typeof subject> = {
  name: "exceptionsIgnored",
  patch: {
    module: "actors/network/pod_policies.ts",
    name: "isInRange",
    wrap: (sound) => (range, ip) => sound({ ...range, except: [] }, ip),
  },
  found: {
    suite: "services",
    properties: ["network policies are carried out"],
    campaignSeed: 3119,
    runsMax: 900,
    runsMean: 115,
  },
};
