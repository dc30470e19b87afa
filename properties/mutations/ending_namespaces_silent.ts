import type * as subject from "../../actors/controllers/loops/namespace.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What keeps a namespace that is to go is not told. */
export const endingNamespacesSilent: MutationOf<typeof subject> = {
  name: "endingNamespacesSilent",
  patch: {
    module: "actors/controllers/loops/namespace.ts",
    name: "namespace",
    wrap: (sound) => ({
      ...sound,
      reconcile(...all) {
        const plan = sound.reconcile(...all);
        return plan && { ...plan, onFailure: () => [] };
      },
    }),
  },
  found: {
    properties: ["namespaces are furnished, and tell what keeps them"],
    campaignSeed: 8107,
    runsMax: 310,
    runsMean: 51,
  },
};
