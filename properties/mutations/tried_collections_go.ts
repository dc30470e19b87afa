import type * as subject from "../../actors/apiserver/requests/delete.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A collection of which it was only to be tried whether it can be deleted is deleted. */
export const triedCollectionsGo: MutationOf<typeof subject> = {
  name: "triedCollectionsGo",
  patch: {
    module: "actors/apiserver/requests/delete.ts",
    name: "removeObject",
    wrap: (sound) => (server, call, step, removal) => {
      const isOfAll = call.request.verb === "deletecollection";
      sound(server, call, step, isOfAll ? { ...removal, options: { ...removal.options, dryRun: false } } : removal);
    },
  },
  found: {
    suite: "apiserver",
    properties: ["changes are what was asked for"],
    campaignSeed: 71,
    runsMax: 400,
    runsMean: 60,
  },
};
