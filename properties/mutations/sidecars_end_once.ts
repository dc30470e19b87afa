import type * as subject from "../../actors/kubelet/container/restart_policy.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A sidecar that ends does not run again. */
export const sidecarsEndOnce: MutationOf<typeof subject> = {
  name: "sidecarsEndOnce",
  patch: {
    module: "actors/kubelet/container/restart_policy.ts",
    name: "restartsAfter",
    wrap: (sound) => (pod, container, exitCode) => container.role !== "sidecar" && sound(pod, container, exitCode),
  },
  found: {
    suite: "kubelet",
    properties: ["what lives well is let live", "what is to run begins soon"],
    campaignSeed: 3002,
    runsMax: 300,
    runsMean: 30,
  },
};
