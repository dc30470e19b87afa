import type * as subject from "../../actors/kube_proxy/rules.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Connections are led to endpoints that are not ready, beside those that are. */
export const unreadyAreLedTo: MutationOf<typeof subject> = {
  name: "unreadyAreLedTo",
  patch: {
    module: "actors/kube_proxy/rules.ts",
    name: "ruleOf",
    wrap: (sound) => (portal, endpoints, place) =>
      sound(
        portal,
        endpoints.map((each) => ({ ...each, ready: each.ready || !each.terminating })),
        place,
      ),
  },
  found: {
    suite: "services",
    properties: ["Services lead where they say"],
    campaignSeed: 71,
    runsMax: 90,
    runsMean: 15,
  },
};
