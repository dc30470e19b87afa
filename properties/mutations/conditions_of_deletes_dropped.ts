import type * as subject from "../../actors/apiserver/requests/delete_options.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A delete that is meant for one object, or one version of it, takes whatever has its name. */
export const conditionsOfDeletesDropped: MutationOf<typeof subject> = {
  name: "conditionsOfDeletesDropped",
  patch: {
    module: "actors/apiserver/requests/delete_options.ts",
    name: "deleteOptionsOf",
    wrap: (sound) => (call) => {
      const read = sound(call);
      return read.ok ? { ...read, value: { ...read.value, uid: undefined, resourceVersion: undefined } } : read;
    },
  },
  found: {
    suite: "apiserver",
    properties: ["changes are what was asked for", "answers are true"],
    campaignSeed: 7,
    runsMax: 120,
    runsMean: 3,
  },
};
