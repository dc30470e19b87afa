import type * as subject from "../../actors/apiserver/authorization/rules/rulebook.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What was found out of somebody's rights is believed for ever, whatever becomes of the roles. */
export const findingsRemembered: MutationOf<typeof subject> = {
  name: "findingsRemembered",
  patch: {
    module: "actors/apiserver/authorization/rules/rulebook.ts",
    name: "forgetFindings",
    wrap: () => () => {},
  },
  found: {
    suite: "apiserver",
    properties: ["guests do what they may"],
    campaignSeed: 8301,
    runsMax: 200,
    runsMean: 15,
  },
};
