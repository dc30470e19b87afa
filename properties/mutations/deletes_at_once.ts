import type * as steps from "../../actors/controllers/loops/stateful_set/steps.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A StatefulSet's pods are deleted without grace, so that the next one comes while the last one runs. */
export const deletesAtOnce: MutationOf<typeof steps> = {
  name: "deletesAtOnce",
  patch: {
    module: "actors/controllers/loops/stateful_set/steps.ts",
    name: "removalOf",
    wrap: (sound) => (scene, pod) => ({ ...sound(scene, pod), gracePeriodSeconds: 0 }),
  },
  found: { test: "actors/controllers/loops/stateful_set_test.ts" },
};
