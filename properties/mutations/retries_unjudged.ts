import type * as subject from "../../actors/apiserver/admission/_chain.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who judges an update is not asked again when the object has changed meanwhile. */
export const retriesUnjudged: MutationOf<typeof subject> = {
  name: "retriesUnjudged",
  patch: {
    module: "actors/apiserver/admission/_chain.ts",
    name: "validate",
    wrap: (sound) => {
      const judged = new WeakSet<object>();
      return (admitting, verdict, step) => {
        if (admitting.operation !== "UPDATE" || !judged.has(admitting.call)) {
          judged.add(admitting.call);
          return sound(admitting, verdict, step);
        }
        verdict(undefined, step);
      };
    },
  },
  found: {
    suite: "apiserver",
    properties: ["webhooks decide what is stored"],
    campaignSeed: 71,
    runsMax: 1500,
    runsMean: 260,
  },
};
