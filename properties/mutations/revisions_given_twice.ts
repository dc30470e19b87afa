import type * as subject from "../../actors/controllers/loops/deployment/revision.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A new ReplicaSet gets the revision that the one before has. */
export const revisionsGivenTwice: MutationOf<typeof subject> = {
  name: "revisionsGivenTwice",
  patch: {
    module: "actors/controllers/loops/deployment/revision.ts",
    name: "nextRevision",
    wrap: (sound) => (sets) => {
      const next = sound(sets);
      return next > 1n ? next - 1n : next;
    },
  },
  found: {
    properties: ["rollouts tell how they went"],
    campaignSeed: 1004,
    runsMax: 25,
    runsMean: 4,
  },
};
