import type * as subject from "../../actors/store/keyspace/range.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A page of a range does not say that there is more. */
export const moreUntold: MutationOf<typeof subject> = {
  name: "moreUntold",
  patch: {
    module: "actors/store/keyspace/range.ts",
    name: "range",
    wrap: (sound) => (keyspace, request) => {
      const answer = sound(keyspace, request);
      return answer.type === "store.range.ok" ? { ...answer, more: false } : answer;
    },
  },
  found: {
    suite: "store",
    properties: ["reads show what was"],
    campaignSeed: 1,
    runsMax: 30,
    runsMean: 2,
  },
};
