import type { Mutation } from "../engine/mutation.ts";

/** An endpoint stays as ready as it was once. */
export const staleEndpoints: Mutation = {
  name: "staleEndpoints",
  defects: { controller_manager: ["staleEndpoints"] },
  properties: ["endpoints equal the ready pods"],
  campaignSeed: 104,
  runsMax: 120,
  runsMean: 15,
};
