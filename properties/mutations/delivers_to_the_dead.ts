import type { Mutation } from "../engine/mutation.ts";

/** A computer says that containers have ended, and lets them run on. */
export const deliversToTheDead: Mutation = {
  name: "deliversToTheDead",
  defects: { computer: ["deliversToTheDead"] },
  traffic: "always",
  properties: ["no container runs without its pod"],
  campaignSeed: 401,
  runsMax: 15,
  runsMean: 1,
};
