import type * as subject from "../../actors/apiserver/authorization/rules/binding_index.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who was bound to a role once keeps what it allows. */
export const rightsOutliveBindings: MutationOf<typeof subject> = {
  name: "rightsOutliveBindings",
  patch: {
    module: "actors/apiserver/authorization/rules/binding_index.ts",
    name: "removeBinding",
    wrap: () => () => {},
  },
  found: {
    suite: "apiserver",
    properties: ["guests do what they may"],
    campaignSeed: 8301,
    runsMax: 300,
    runsMean: 28,
  },
};
