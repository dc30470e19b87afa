import type * as subject from "../../actors/network/affinity.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A client is kept at its endpoint for ten times as long as the Service says. */
export const clientsKeptTooLong: MutationOf<typeof subject> = {
  name: "clientsKeptTooLong",
  patch: {
    module: "actors/network/affinity.ts",
    name: "createAffinity",
    wrap: (sound) => (options) => {
      const { recent, ...others } = sound(options);
      return {
        ...others,
        recent: (service, client, since) => recent(service, client, { ...since, maxAgeMs: 10 * since.maxAgeMs }),
      };
    },
  },
  found: {
    suite: "services",
    properties: ["Services lead where they say"],
    campaignSeed: 71,
    runsMax: 40,
    runsMean: 4,
  },
};
