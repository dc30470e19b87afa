import type * as subject from "../../actors/kubelet/container/container_status.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A container counts as ready as soon as it runs, whatever its probe says. */
export const readyWhileRunning: MutationOf<typeof subject> = {
  name: "readyWhileRunning",
  patch: {
    module: "actors/kubelet/container/container_status.ts",
    name: "isReadyReported",
    wrap: (sound) => (container) =>
      container.role === "main" ? container.phase === "running" && container.startedAt !== undefined : sound(container),
  },
  found: {
    properties: ["containers are ready when they say so", "a ready container runs"],
    campaignSeed: 21,
    runsMax: 70,
    runsMean: 14,
  },
};
