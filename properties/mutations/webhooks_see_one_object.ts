import type * as subject from "../../actors/apiserver/admission/dynamic/request.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Webhooks are shown an object as it is to be for what it was. */
export const webhooksSeeOneObject: MutationOf<typeof subject> = {
  name: "webhooksSeeOneObject",
  patch: {
    module: "actors/apiserver/admission/dynamic/request.ts",
    name: "admissionRequest",
    wrap: (sound) => (admitting, kind) => {
      const request = sound(admitting, kind);
      return request.oldObject && request.object ? { ...request, oldObject: request.object } : request;
    },
  },
  found: {
    suite: "apiserver",
    properties: ["webhooks decide what is stored"],
    campaignSeed: 71,
    runsMax: 60,
    runsMean: 8,
  },
};
