import type * as subject from "../../actors/controllers/loops/job/tracking.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Job counts a pod as soon as it has ended, and again when its finalizer is gone. */
export const endsCountedTwice: MutationOf<typeof subject> = {
  name: "endsCountedTwice",
  patch: {
    module: "actors/controllers/loops/job/tracking.ts",
    name: "track",
    wrap: (sound) => (state, ending) => {
      const tracking = sound(state, ending);
      const { succeeded, failed } = tracking.uncounted;
      const [more, worse] = [succeeded, failed].map((uids) => uids.length) as [number, number];
      return { ...tracking, succeeded: tracking.succeeded + more, failed: tracking.failed + worse };
    },
  },
  bugs: ["kubernetes 105200"],
  found: {
    properties: ["Jobs count each pod once"],
    campaignSeed: 1004,
    runsMax: 40,
    runsMean: 6,
  },
};
