import type * as subject from "../../actors/kube_proxy/rules.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Connections are led to endpoints that end, though others are ready. */
export const leaversBesideTheReady: MutationOf<typeof subject> = {
  name: "leaversBesideTheReady",
  patch: {
    module: "actors/kube_proxy/rules.ts",
    name: "ruleOf",
    wrap: (sound) => (portal, endpoints, place) =>
      sound(
        portal,
        endpoints.map((each) => ({ ...each, ready: each.ready || (each.serving && each.terminating) })),
        place,
      ),
  },
  found: {
    suite: "services",
    properties: ["Services lead where they say"],
    campaignSeed: 71,
    runsMax: 40,
    runsMean: 3,
  },
};
