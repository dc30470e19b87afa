import type * as subject from "../../actors/kube_proxy/rules.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What comes from outside is led to all nodes, whatever the Service says. */
export const policiesIgnored: MutationOf<typeof subject> = {
  name: "policiesIgnored",
  patch: {
    module: "actors/kube_proxy/rules.ts",
    name: "portalsOf",
    wrap: (sound) => (service) =>
      sound(service).map((each) => ({ ...each, rule: { ...each.rule, externalPolicy: "Cluster" as const } })),
  },
  found: {
    suite: "services",
    properties: ["Services lead where they say"],
    campaignSeed: 3004,
    runsMax: 176,
    runsMean: 22,
  },
};
