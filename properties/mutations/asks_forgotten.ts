import type * as subject from "../../actors/controllers/loops/horizontal_pod_autoscaler/limits.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What an autoscaler was asked for a moment ago does not keep it from giving pods up. */
export const asksForgotten: MutationOf<typeof subject> = {
  name: "asksForgotten",
  patch: {
    module: "actors/controllers/loops/horizontal_pod_autoscaler/limits.ts",
    name: "limitWish",
    wrap: (sound) => (autoscaler, history, wish) => {
      history.recommendations = [];
      return sound(autoscaler, history, wish);
    },
  },
  found: {
    suite: "controllers",
    properties: ["autoscalers keep their bounds"],
    campaignSeed: 3045,
    runsMax: 696,
    runsMean: 87,
  },
};
