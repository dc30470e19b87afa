import type { Mutation } from "../engine/mutation.ts";

/** A kubelet kills containers without a grace period, and without their preStop hook. */
export const killsAtOnce: Mutation = {
  name: "killsAtOnce",
  defects: { kubelet: ["killsAtOnce"] },
  traffic: "always",
  withoutFaults: true,
  properties: ["rolling updates lose no request"],
  campaignSeed: 400,
  runsMax: 20,
  runsMean: 2,
};
