import type * as subject from "../../actors/kubelet/pod/status_writer.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What others write over the words of a kubelet stays. */
export const othersWordsStay: MutationOf<typeof subject> = {
  name: "othersWordsStay",
  patch: {
    module: "actors/kubelet/pod/status_writer.ts",
    name: "noteShown",
    wrap: () => () => undefined,
  },
  found: {
    suite: "kubelet",
    properties: ["pods tell what their computer shows", "pods are ready when their probes say so"],
    campaignSeed: 3036,
    runsMax: 200,
    runsMean: 23,
  },
};
