import type * as subject from "../../actors/kubelet/container/hooks.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The hook of a container that has started is run twice. */
export const postStartTwice: MutationOf<typeof subject> = {
  name: "postStartTwice",
  patch: {
    module: "actors/kubelet/container/hooks.ts",
    name: "runHook",
    wrap: (sound) => (data, subject, run, then) => {
      if (run.timeoutMs === 86_400_000) sound(data, subject, run, () => {});
      sound(data, subject, run, then);
    },
  },
  found: {
    suite: "kubelet",
    properties: ["hooks run once"],
    campaignSeed: 7001,
    runsMax: 40,
    runsMean: 4,
  },
};
