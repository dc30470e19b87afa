import type * as subject from "../../actors/scheduler/plugins/node_ports.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A port of a node that is free again wakes none of those that wait for it. */
export const freedPortsWakeNobody: MutationOf<typeof subject> = {
  name: "freedPortsWakeNobody",
  patch: {
    module: "actors/scheduler/plugins/node_ports.ts",
    name: "nodePorts",
    wrap: (sound) => ({ ...sound, events: (sound.events ?? []).filter(({ on }) => on !== "assigned-pod.delete") }),
  },
  found: {
    suite: "scheduler",
    properties: ["pods that fit are bound soon"],
    campaignSeed: 1,
    runsMax: 270,
    runsMean: 45,
  },
};
