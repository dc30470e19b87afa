import type * as subject from "../../actors/apiserver/admission/validating_admission_webhook.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Webhooks that judge are not asked about deletes. */
export const deletesUnjudged: MutationOf<typeof subject> = {
  name: "deletesUnjudged",
  patch: {
    module: "actors/apiserver/admission/validating_admission_webhook.ts",
    name: "validatingAdmissionWebhook",
    wrap: (sound) => ({
      ...sound,
      handles: sound.handles.map((each) => ({
        ...each,
        operations: each.operations.filter((operation) => operation !== "DELETE"),
      })),
    }),
  },
  found: {
    suite: "apiserver",
    properties: ["webhooks decide what is stored"],
    campaignSeed: 71,
    runsMax: 60,
    runsMean: 8,
  },
};
