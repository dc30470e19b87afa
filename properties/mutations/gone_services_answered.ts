import type * as subject from "../../actors/dns/zone.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The names of Services that are gone are answered. */
export const goneServicesAnswered: MutationOf<typeof subject> = {
  name: "goneServicesAnswered",
  patch: {
    module: "actors/dns/zone.ts",
    name: "createZone",
    wrap: (sound) => () => ({ ...sound(), dropService: () => {} }),
  },
  found: {
    properties: ["DNS answers equal the ready endpoints"],
    campaignSeed: 1268,
    runsMax: 1010,
    runsMean: 168,
  },
};
