import type { Mutation } from "../engine/mutation.ts";

/** A kube-proxy brings rules into force later than servers take to end. */
export const syncsLazily: Mutation = {
  name: "syncsLazily",
  defects: { kube_proxy: ["syncsLazily"] },
  traffic: "always",
  withoutFaults: true,
  properties: ["rolling updates lose no request"],
  campaignSeed: 400,
  runsMax: 20,
  runsMean: 2,
};
