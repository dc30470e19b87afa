import type * as containerStatus from "../../actors/kubelet/container/container_status.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A container is reported as ready before it runs. */
export const readyBeforeStarted: MutationOf<typeof containerStatus> = {
  name: "readyBeforeStarted",
  patch: {
    module: "actors/kubelet/container/container_status.ts",
    name: "isReadyReported",
    wrap: (sound) => (container) => (container.role !== "init" && !container.end) || sound(container),
  },
  found: {
    properties: ["a ready container runs"],
    campaignSeed: 100,
    runsMax: 20,
    runsMean: 1,
  },
};
