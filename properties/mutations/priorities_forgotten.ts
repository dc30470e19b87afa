import type * as subject from "../../actors/apiserver/admission/priority.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Pods matter as much as any, whatever class they name. */
export const prioritiesForgotten: MutationOf<typeof subject> = {
  name: "prioritiesForgotten",
  patch: {
    module: "actors/apiserver/admission/priority.ts",
    name: "priority",
    wrap: (sound) => ({ ...sound, admit: (_admitting, verdict, step) => verdict(undefined, step) }),
  },
  found: {
    properties: ["pods are given what they do not say"],
    campaignSeed: 1006,
    runsMax: 60,
    runsMean: 10,
  },
};
