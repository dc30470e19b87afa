import type { Way } from "../../actors/computer/conntrack.ts";
import type * as createTraffic from "../../actors/computer/create_traffic.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A computer forgets its connections when its rules change. */
export const forgetsConnections: MutationOf<typeof createTraffic> = {
  name: "forgetsConnections",
  patch: {
    module: "actors/computer/create_traffic.ts",
    name: "createTraffic",
    wrap: (sound) => (data) => {
      const traffic = sound(data);
      const { rules } = data;
      const { conntrack } = traffic;
      const opened: Way[] = [];
      const add: typeof conntrack.add = (flow, nowMs) => {
        opened.push(flow.original);
        conntrack.add(flow, nowMs);
      };
      const apply: typeof rules.apply = (request) => {
        const answer = rules.apply(request);
        for (const original of opened.splice(0)) conntrack.forget(original);
        return answer;
      };
      Object.assign(data, { rules: Object.assign(Object.create(rules), { apply }) });
      return Object.assign(traffic, { conntrack: Object.assign(Object.create(conntrack), { add }) });
    },
  },
  found: {
    traffic: "always",
    properties: [
      "rolling updates lose no request",
      "every request ends in an answer or an error",
      "what was answered arrives",
    ],
    campaignSeed: 300,
    runsMax: 25,
    runsMean: 2,
  },
};
