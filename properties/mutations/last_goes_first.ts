import type * as subject from "../../actors/controllers/pods/pod_ranking.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A set that is too large gives up first what it should keep longest. */
export const lastGoesFirst: MutationOf<typeof subject> = {
  name: "lastGoesFirst",
  patch: {
    module: "actors/controllers/pods/pod_ranking.ts",
    name: "podsToGiveUp",
    wrap: (sound) => (pods, options) => sound(pods, options).reverse(),
  },
  found: {
    properties: ["the unready go first", "the cluster converges after healing", "calm clusters converge soon"],
    campaignSeed: 1044,
    runsMax: 175,
    runsMean: 29,
  },
};
