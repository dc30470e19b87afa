import type { Mutation } from "../engine/mutation.ts";

/** The garbage collector believes a mirror that lags, and deletes what has an owner. */
export const absentOwnersUnverified: Mutation = {
  name: "absentOwnersUnverified",
  defects: { controller_manager: ["absentOwnersUnverified"] },
  properties: ["nothing with a living owner is garbage collected"],
  campaignSeed: 136,
  runsMax: 200,
  runsMean: 40,
};
