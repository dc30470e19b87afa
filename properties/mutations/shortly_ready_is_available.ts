import type * as subject from "../../actors/api/pod.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A pod counts as available as soon as it is ready. */
export const shortlyReadyIsAvailable: MutationOf<typeof subject> = {
  name: "shortlyReadyIsAvailable",
  patch: {
    module: "actors/api/pod.ts",
    name: "isPodAvailable",
    wrap: (sound) => (pod, options) => sound(pod, { ...options, minReadySeconds: 0 }),
  },
  found: {
    properties: ["statuses count pods that there are"],
    campaignSeed: 21,
    runsMax: 55,
    runsMean: 11,
  },
};
