import type * as subject from "../../actors/controllers/loops/endpoint_slice.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Service that is changed keeps the endpoints that it had. */
export const editsUnnoticed: MutationOf<typeof subject> = {
  name: "editsUnnoticed",
  patch: {
    module: "actors/controllers/loops/endpoint_slice.ts",
    name: "endpointSlice",
    wrap: (sound) => ({
      ...sound,
      watches: sound.watches.map((each) => ({
        ...each,
        keys: (change, context) => {
          const isEdit = each.kind.kind === "Service" && change.type === "updated";
          return isEdit ? [] : (each.keys?.(change, context) ?? []);
        },
      })),
    }),
  },
  found: {
    suite: "controllers",
    properties: ["endpoints equal the ready pods", "who begins anew finds nothing to do"],
    campaignSeed: 3085,
    runsMax: 448,
    runsMean: 56,
  },
};
