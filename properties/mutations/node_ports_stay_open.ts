import type { ServicePortRule } from "../../actors/kube_proxy/messages.ts";
import type * as subject from "../../actors/network/rule_table.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A node's port leads on when its Service is gone. */
export const nodePortsStayOpen: MutationOf<typeof subject> = {
  name: "nodePortsStayOpen",
  patch: {
    module: "actors/network/rule_table.ts",
    name: "createRuleTable",
    wrap: (sound) => (node, pods) => {
      const table = sound(node, pods);
      const left = new Map<number, ServicePortRule>();
      return {
        ...table,
        apply(request) {
          const before = [...table.rules];
          const answer = table.apply(request);
          for (const [key, rule] of before) {
            if (rule.nodePort !== 0 && !table.rules.has(key)) left.set(rule.nodePort, rule);
          }
          return answer;
        },
        find(destination) {
          const rule = left.get(destination.port);
          const isHere = table.settings().nodeIps.includes(destination.ip);
          const found = table.find(destination);
          return found || !rule || !isHere ? found : { rule, portal: "nodePort", ip: destination.ip };
        },
      };
    },
  },
  found: {
    suite: "services",
    properties: ["Services lead where they say"],
    campaignSeed: 3001,
    runsMax: 16,
    runsMean: 2,
  },
};
