import type * as subject from "../../actors/kube_proxy/rules.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Service that is only to lead to what is near leads anywhere. */
export const farEndpointsTaken: MutationOf<typeof subject> = {
  name: "farEndpointsTaken",
  patch: {
    module: "actors/kube_proxy/rules.ts",
    name: "ruleOf",
    wrap: (sound) => (portal, endpoints, place) =>
      sound(
        portal,
        endpoints.map((each) => ({ ...each, local: true })),
        place,
      ),
  },
  found: {
    properties: ["nodes lead to what is ready, or near"],
    campaignSeed: 1139,
    runsMax: 910,
    runsMean: 151,
  },
};
