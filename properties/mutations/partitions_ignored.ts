import type * as subject from "../../actors/controllers/loops/stateful_set/replacing.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Updates of StatefulSets go on below their partition. */
export const partitionsIgnored: MutationOf<typeof subject> = {
  name: "partitionsIgnored",
  patch: {
    module: "actors/controllers/loops/stateful_set/replacing.ts",
    name: "podsToReplace",
    wrap: (sound) => (replacing) => {
      const { spec } = replacing.set;
      const rollingUpdate = { ...spec.updateStrategy?.rollingUpdate, partition: 0 };
      const set = { ...replacing.set, spec: { ...spec, updateStrategy: { ...spec.updateStrategy, rollingUpdate } } };
      return sound({ ...replacing, set });
    },
  },
  found: {
    suite: "controllers",
    properties: [
      "StatefulSets change from the top",
      "StatefulSets keep their partition",
      "no controller makes pods without bound",
    ],
    campaignSeed: 3002,
    runsMax: 400,
    runsMean: 48,
  },
};
