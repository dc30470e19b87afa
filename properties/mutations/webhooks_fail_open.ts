import type * as subject from "../../actors/apiserver/admission/dynamic/hooks.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What a webhook cannot be asked about is let in, whatever its configuration says. */
export const webhooksFailOpen: MutationOf<typeof subject> = {
  name: "webhooksFailOpen",
  patch: {
    module: "actors/apiserver/admission/dynamic/hooks.ts",
    name: "refusalOf",
    wrap: (sound) => (webhook, failure) => (failure.sort === "unasked" ? undefined : sound(webhook, failure)),
  },
  found: {
    suite: "apiserver",
    properties: ["webhooks decide what is stored"],
    campaignSeed: 71,
    runsMax: 300,
    runsMean: 45,
  },
};
