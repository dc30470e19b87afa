import type * as freshness from "../../actors/apiserver/cache/freshness.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A consistent list is answered from a cache that may lag. */
export const staleListAsFresh: MutationOf<typeof freshness> = {
  name: "staleListAsFresh",
  patch: {
    module: "actors/apiserver/cache/freshness.ts",
    name: "whenFresh",
    wrap: () => (_server, step, done) => done(true, step),
  },
  bugs: ["kubernetes 59848"],
  found: {
    properties: ["the API is linearizable"],
    campaignSeed: 123,
    runsMax: 120,
    runsMean: 24,
  },
};
