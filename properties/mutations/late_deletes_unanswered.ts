import type * as deletes from "../../actors/apiserver/requests/delete.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who deletes what somebody else deletes meanwhile is not answered. */
export const lateDeletesUnanswered: MutationOf<typeof deletes> = {
  name: "lateDeletesUnanswered",
  patch: {
    module: "actors/apiserver/requests/delete.ts",
    name: "removeObject",
    wrap: (sound) => (server, call, step, removal) =>
      sound(server, call, step, {
        ...removal,
        done(outcome, later) {
          if (outcome.ok || outcome.failure.code !== 404 || removal.cached === undefined) removal.done(outcome, later);
        },
      }),
  },
  found: {
    suite: "apiserver",
    properties: ["the servers come to rest after healing"],
    campaignSeed: 51,
    runsMax: 300,
    runsMean: 60,
  },
};
