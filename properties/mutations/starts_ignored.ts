import type * as subject from "../../actors/controllers/loops/stateful_set/identity.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The pods of a StatefulSet whose numbers do not begin at zero count from there all the same. */
export const startsIgnored: MutationOf<typeof subject> = {
  name: "startsIgnored",
  patch: {
    module: "actors/controllers/loops/stateful_set/identity.ts",
    name: "isInRange",
    wrap: () => (set, ordinal) => ordinal < (set.spec.replicas ?? 1),
  },
  found: {
    suite: "controllers",
    properties: ["the cluster converges after healing", "no controller makes pods without bound"],
    campaignSeed: 8101,
    runsMax: 200,
    runsMean: 16,
  },
};
