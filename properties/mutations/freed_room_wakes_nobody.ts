import type * as subject from "../../actors/scheduler/queue/queue.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Pods for which there was no room do not hear that some was made. */
export const freedRoomWakesNobody: MutationOf<typeof subject> = {
  name: "freedRoomWakesNobody",
  patch: {
    module: "actors/scheduler/queue/queue.ts",
    name: "createQueue",
    wrap: (sound) => (options) => {
      const queue = sound(options);
      const happened: typeof queue.happened = (event, nowMs) =>
        event.kind === "assigned-pod.delete" ? 0 : queue.happened(event, nowMs);
      return { ...queue, happened };
    },
  },
  found: {
    properties: ["pods that fit are bound soon", "the cluster converges after healing", "calm clusters converge soon"],
    campaignSeed: 1005,
    runsMax: 70,
    runsMean: 11,
  },
};
