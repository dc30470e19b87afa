import type * as subject from "../../actors/kubelet/container/hooks.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The hook of a container that is to end is run twice. */
export const preStopTwice: MutationOf<typeof subject> = {
  name: "preStopTwice",
  patch: {
    module: "actors/kubelet/container/hooks.ts",
    name: "runHook",
    wrap: (sound) => (data, subject, run, then) => {
      if (run.timeoutMs < 86_400_000) sound(data, subject, run, () => {});
      sound(data, subject, run, then);
    },
  },
  found: {
    suite: "kubelet",
    properties: ["hooks run once"],
    campaignSeed: 7001,
    runsMax: 40,
    runsMean: 3,
  },
};
