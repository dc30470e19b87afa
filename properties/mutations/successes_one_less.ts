import type * as subject from "../../actors/kubelet/probes/probe_worker.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A container is ready as soon as one probe says so. */
export const successesOneLess: MutationOf<typeof subject> = {
  name: "successesOneLess",
  patch: {
    module: "actors/kubelet/probes/probe_worker.ts",
    name: "startWorker",
    wrap: (sound) => (data, subject, start) =>
      sound(data, subject, { ...start, probe: { ...start.probe, successThreshold: 1 } }),
  },
  found: {
    suite: "kubelet",
    properties: ["pods tell what their computer shows", "pods are ready when their probes say so"],
    campaignSeed: 3006,
    runsMax: 50,
    runsMean: 5,
  },
};
