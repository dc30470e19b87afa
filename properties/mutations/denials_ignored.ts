import type * as subject from "../../actors/apiserver/admission/dynamic/hooks.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What a webhook that may be passed over says no to is let in. */
export const denialsIgnored: MutationOf<typeof subject> = {
  name: "denialsIgnored",
  patch: {
    module: "actors/apiserver/admission/dynamic/hooks.ts",
    name: "refusalOf",
    wrap: (sound) => (webhook, failure) => (webhook.failurePolicy === "Ignore" ? undefined : sound(webhook, failure)),
  },
  found: {
    suite: "apiserver",
    properties: ["webhooks decide what is stored", "answers are true"],
    campaignSeed: 71,
    runsMax: 150,
    runsMean: 20,
  },
};
