import type * as subject from "../../actors/kubelet/probes/probe_worker.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A container is stopped one failed probe later than it is to be. */
export const thresholdsOneMore: MutationOf<typeof subject> = {
  name: "thresholdsOneMore",
  patch: {
    module: "actors/kubelet/probes/probe_worker.ts",
    name: "startWorker",
    wrap: (sound) => (data, subject, start) => {
      const failureThreshold = (start.probe.failureThreshold ?? 3) + 1;
      sound(data, subject, { ...start, probe: { ...start.probe, failureThreshold } });
    },
  },
  found: {
    suite: "kubelet",
    properties: ["probes are made in time", "who fails probes is stopped"],
    campaignSeed: 3101,
    runsMax: 200,
    runsMean: 20,
  },
};
