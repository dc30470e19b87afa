import type * as subject from "../../actors/apiserver/admission/namespace_lifecycle.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Objects are made in a namespace that is ending. */
export const endingNamespacesFilled: MutationOf<typeof subject> = {
  name: "endingNamespacesFilled",
  patch: {
    module: "actors/apiserver/admission/namespace_lifecycle.ts",
    name: "namespaceLifecycle",
    wrap: (sound) => ({ ...sound, admit: (_admitting, verdict, step) => verdict(undefined, step) }),
  },
  found: {
    properties: ["calm clusters converge soon", "the cluster converges after healing"],
    campaignSeed: 1002,
    runsMax: 50,
    runsMean: 8,
  },
};
