import type { Mutation } from "../engine/mutation.ts";

/** A container is reported as ready before it runs. */
export const readyBeforeStarted: Mutation = {
  name: "readyBeforeStarted",
  defects: { kubelet: ["readyBeforeStarted"] },
  properties: ["a ready container runs"],
  campaignSeed: 100,
  runsMax: 20,
  runsMean: 1,
};
