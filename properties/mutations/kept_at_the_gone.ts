import { ruleKey } from "../../actors/kube_proxy/messages.ts";
import type * as subject from "../../actors/network/choose.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A client that is to be kept is led to where it was led before, though that is no endpoint any more. */
export const keptAtTheGone: MutationOf<typeof subject> = {
  name: "keptAtTheGone",
  patch: {
    module: "actors/network/choose.ts",
    name: "choose",
    wrap: (sound) => (table, connection, options) => {
      const rule = table.find(connection)?.rule;
      const since = { nowMs: options.nowMs, maxAgeMs: (rule?.affinitySeconds ?? 0) * 1_000 };
      const [was] = rule ? options.affinity.recent(ruleKey(rule), connection.source, since) : [];
      const choice = sound(table, connection, options);
      if (choice.kind !== "forward" || was === undefined || !rule?.affinitySeconds) return choice;
      const at = was.lastIndexOf(":");
      return { ...choice, to: { ip: was.slice(0, at), port: Number(was.slice(at + 1)) } };
    },
  },
  found: {
    suite: "services",
    properties: ["Services lead where they say"],
    campaignSeed: 71,
    runsMax: 40,
    runsMean: 2,
  },
};
