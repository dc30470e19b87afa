import type * as subject from "../../actors/kube_proxy/rules.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Where no endpoint is ready, connections are led to those that end, whether they serve or not. */
export const leaversAllServe: MutationOf<typeof subject> = {
  name: "leaversAllServe",
  patch: {
    module: "actors/kube_proxy/rules.ts",
    name: "ruleOf",
    wrap: (sound) => (portal, endpoints, place) =>
      sound(
        portal,
        endpoints.map((each) => ({ ...each, serving: true })),
        place,
      ),
  },
  found: {
    suite: "services",
    properties: ["Services lead where they say"],
    campaignSeed: 3008,
    runsMax: 96,
    runsMean: 12,
  },
};
