import type * as subject from "../../actors/controllers/endpoints/slice_endpoint.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A pod that ends stays a ready endpoint as long as it is ready. */
export const endingStayReady: MutationOf<typeof subject> = {
  name: "endingStayReady",
  patch: {
    module: "actors/controllers/endpoints/slice_endpoint.ts",
    name: "endpointOf",
    wrap: (sound) => (object, owner, place) => {
      const endpoint = sound(object, owner, place);
      const { serving = false } = endpoint.conditions ?? {};
      return { ...endpoint, conditions: { ...endpoint.conditions, ready: serving } };
    },
  },
  found: {
    properties: ["pods that end are no endpoints"],
    campaignSeed: 1001,
    runsMax: 55,
    runsMean: 9,
  },
};
