import type * as data from "../../actors/kube_proxy/data.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A kube-proxy brings rules into force later than servers take to end. */
export const syncsLazily: MutationOf<typeof data> = {
  name: "syncsLazily",
  patch: {
    module: "actors/kube_proxy/data.ts",
    name: "minSyncMsOf",
    wrap: () => () => 8_000,
  },
  found: {
    traffic: "always",
    withoutFaults: true,
    properties: ["rolling updates lose no request"],
    campaignSeed: 400,
    runsMax: 20,
    runsMean: 2,
  },
};
