import type * as subject from "../../actors/scheduler/cycle/nominator.ts";
import type { PodInfo } from "../../actors/scheduler/pod_info.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Whoever room was made for on a node is expected there for ever. */
export const nominationsStay: MutationOf<typeof subject> = {
  name: "nominationsStay",
  patch: {
    module: "actors/scheduler/cycle/nominator.ts",
    name: "createNominator",
    wrap: (sound) => () => {
      const nominator = sound();
      const expected = new Map<string, Map<string, PodInfo>>();
      return {
        ...nominator,
        nominate(info, node) {
          const there = expected.get(node) ?? new Map<string, PodInfo>();
          expected.set(node, there.set(info.uid, info));
          nominator.nominate(info, node);
        },
        on: (node) => expected.get(node)?.values() ?? [],
        get size() {
          return expected.size;
        },
      };
    },
  },
  found: {
    suite: "scheduler",
    properties: ["pods that fit are bound soon"],
    campaignSeed: 3003,
    runsMax: 60,
    runsMean: 3,
  },
};
