import type * as subject from "../../actors/apiserver/admission/limit_ranger.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Pods are made without what a LimitRange says of those that ask for nothing. */
export const limitsNotFilledIn: MutationOf<typeof subject> = {
  name: "limitsNotFilledIn",
  patch: {
    module: "actors/apiserver/admission/limit_ranger.ts",
    name: "limitRanger",
    wrap: (sound) => ({ ...sound, admit: (_admitting, verdict, step) => verdict(undefined, step) }),
  },
  found: {
    properties: ["pods are given what they do not say"],
    campaignSeed: 1135,
    runsMax: 495,
    runsMean: 82,
  },
};
