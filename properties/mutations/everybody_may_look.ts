import type * as subject from "../../actors/apiserver/authorization/_authorize.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Whoever is known may look at everything. */
export const everybodyMayLook: MutationOf<typeof subject> = {
  name: "everybodyMayLook",
  patch: {
    module: "actors/apiserver/authorization/_authorize.ts",
    name: "refusalOf",
    wrap: (sound) => (rights, attributes) =>
      ["get", "list", "watch"].includes(attributes.verb) ? undefined : sound(rights, attributes),
  },
  found: { suite: "apiserver", properties: ["guests do what they may"], campaignSeed: 501, runsMax: 80, runsMean: 6 },
};
