import type * as subject from "../../actors/apiserver/requests/delete_collection.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who deletes what a selector means deletes whatever there is. */
export const allAreDeleted: MutationOf<typeof subject> = {
  name: "allAreDeleted",
  patch: {
    module: "actors/apiserver/requests/delete_collection.ts",
    name: "removeCollection",
    wrap: (sound) => (server, call, step) => sound(server, { ...call, query: {} }, step),
  },
  found: {
    suite: "apiserver",
    properties: ["changes are what was asked for"],
    campaignSeed: 500,
    runsMax: 120,
    runsMean: 12,
  },
};
