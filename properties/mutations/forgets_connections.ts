import type { Mutation } from "../engine/mutation.ts";

/** A computer forgets its connections when its rules change. */
export const forgetsConnections: Mutation = {
  name: "forgetsConnections",
  defects: { computer: ["forgetsConnections"] },
  traffic: "always",
  properties: [
    "rolling updates lose no request",
    "every request ends in an answer or an error",
    "what was answered arrives",
  ],
  campaignSeed: 300,
  runsMax: 25,
  runsMean: 2,
};
