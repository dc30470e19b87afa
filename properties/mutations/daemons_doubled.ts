import { isPodReady } from "../../actors/api/pod.ts";
import type * as subject from "../../actors/controllers/loops/daemon_set/node_pods.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A node whose daemon is not ready gets another one. */
export const daemonsDoubled: MutationOf<typeof subject> = {
  name: "daemonsDoubled",
  patch: {
    module: "actors/controllers/loops/daemon_set/node_pods.ts",
    name: "manageNode",
    wrap: (sound) => (on, changes) => sound({ ...on, pods: on.pods.filter(isPodReady) }, changes),
  },
  found: {
    suite: "controllers",
    properties: ["a node has one daemon of a set"],
    campaignSeed: 8109,
    runsMax: 60,
    runsMean: 10,
  },
};
