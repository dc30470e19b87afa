import type * as subject from "../../actors/controllers/ownership/owners.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What several own goes with the first of them. */
export const anyOwnerWillDo: MutationOf<typeof subject> = {
  name: "anyOwnerWillDo",
  patch: {
    module: "actors/controllers/ownership/owners.ts",
    name: "ownersOf",
    wrap: (sound) => (item, listers) => {
      const owners = sound(item, listers);
      return owners.absent.length + owners.waiting.length > 0 ? { ...owners, solid: [] } : owners;
    },
  },
  found: {
    properties: ["the cluster converges after healing"],
    campaignSeed: 7001,
    runsMax: 200,
    runsMean: 25,
  },
};
