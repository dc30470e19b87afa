import type * as subject from "../../actors/apiserver/cache/freshness.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who wants to see the newest while the store is being asked is content with the answer to that question. */
export const listsOfOlderAnswers: MutationOf<typeof subject> = {
  name: "listsOfOlderAnswers",
  patch: {
    module: "actors/apiserver/cache/freshness.ts",
    name: "whenFresh",
    wrap: (sound) => (server, step, done) => {
      if (server.freshness.asked.length > 0) server.freshness.asked.push(done);
      else sound(server, step, done);
    },
  },
  found: { suite: "apiserver", properties: ["clients see the history"], campaignSeed: 1, runsMax: 150, runsMean: 20 },
};
