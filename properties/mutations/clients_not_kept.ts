import type * as subject from "../../actors/kube_proxy/rules.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who comes by a node's port is led to another endpoint each time, whatever the Service says. */
export const clientsNotKept: MutationOf<typeof subject> = {
  name: "clientsNotKept",
  patch: {
    module: "actors/kube_proxy/rules.ts",
    name: "portalsOf",
    wrap: (sound) => (service) =>
      sound(service).map((each) => {
        const affinitySeconds = each.rule.nodePort === 0 ? each.rule.affinitySeconds : 0;
        return { ...each, rule: { ...each.rule, affinitySeconds } };
      }),
  },
  found: {
    suite: "services",
    properties: ["Services lead where they say"],
    campaignSeed: 3003,
    runsMax: 80,
    runsMean: 10,
  },
};
