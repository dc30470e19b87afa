import type * as subject from "../../actors/apiserver/requests/delete_options.ts";
import { ok } from "../../actors/kit/result.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A delete takes no notice of its preconditions. */
export const preconditionsIgnored: MutationOf<typeof subject> = {
  name: "preconditionsIgnored",
  patch: {
    module: "actors/apiserver/requests/delete_options.ts",
    name: "deleteOptionsOf",
    wrap: (sound) => (call) => {
      const options = sound(call);
      return options.ok ? ok({ ...options.value, uid: undefined, resourceVersion: undefined }) : options;
    },
  },
  found: {
    properties: ["clients see the history"],
    campaignSeed: 7,
    runsMax: 60,
    runsMean: 6,
  },
};
