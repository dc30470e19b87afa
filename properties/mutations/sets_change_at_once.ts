import type * as subject from "../../actors/controllers/loops/stateful_set/steps.ts";
import { removalOf } from "../../actors/controllers/loops/stateful_set/steps.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A StatefulSet replaces all its pods of another revision at once. */
export const setsChangeAtOnce: MutationOf<typeof subject> = {
  name: "setsChangeAtOnce",
  patch: {
    module: "actors/controllers/loops/stateful_set/steps.ts",
    name: "nextSteps",
    wrap: (sound) => (scene) => {
      const old = scene.pods.filter(({ metadata }) => {
        const revision = metadata.labels?.["controller-revision-hash"];
        return metadata.deletionTimestamp === undefined && revision !== scene.update.revision;
      });
      return [...sound(scene), ...old.map((pod) => removalOf(scene, pod))];
    },
  },
  found: {
    suite: "controllers",
    properties: ["StatefulSets change from the top"],
    campaignSeed: 2001,
    runsMax: 700,
    runsMean: 95,
  },
};
