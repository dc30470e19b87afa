import type * as circles from "../../actors/controllers/ownership/circles.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Of objects that wait for each other to be deleted none is. */
export const blockingCirclesKept: MutationOf<typeof circles> = {
  name: "blockingCirclesKept",
  patch: {
    module: "actors/controllers/ownership/circles.ts",
    name: "circlesAround",
    wrap: () => () => ({ waits: false, mayClose: false }),
  },
  found: { test: "actors/controllers/loops/garbage_collector_circles_test.ts" },
};
