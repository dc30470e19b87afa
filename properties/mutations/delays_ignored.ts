import type * as subject from "../../actors/kubelet/probes/probe_worker.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Probes begin with their container, whatever delay they have. */
export const delaysIgnored: MutationOf<typeof subject> = {
  name: "delaysIgnored",
  patch: {
    module: "actors/kubelet/probes/probe_worker.ts",
    name: "startWorker",
    wrap: (sound) => (data, subject, start) =>
      sound(data, subject, { ...start, probe: { ...start.probe, initialDelaySeconds: 0 } }),
  },
  found: {
    suite: "kubelet",
    properties: ["probes are made in time"],
    campaignSeed: 3005,
    runsMax: 30,
    runsMean: 3,
  },
};
